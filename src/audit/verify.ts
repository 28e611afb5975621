import { messageOf } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { entryIn } from "../ports/audit-rules.ts";
import type { AuditRow, SealedRow } from "../ports/audit.ts";
import { linkHash, noLink } from "./chain.ts";
import type { Finding, FindingKind } from "./finding.ts";
import type { Marks } from "./marks.ts";

/** How it stands with an audit log. */
export interface Verdict {
  readonly findings: readonly Finding[];
  /** Findings beyond `limits.auditFindingsMax`, which are only counted. */
  readonly more: number;
  readonly rows: number;
  readonly tenants: number;
  /** Rows behind the last signed checkpoint of their tenant: what comes after a crash in that moment, and at no other time. */
  readonly unsigned: number;
  /** Rows that wait for their link. */
  readonly tail: number;
}

/** Looks through an audit log, row by row: it holds no more of it than the end of each chain. */
export interface Verification {
  /** The next link; those of one tenant in the order in which they lie. */
  sealed(row: SealedRow): void;
  /** A row without a link. To be told after all that have one, for they say where the end of the log is. */
  unsealed(row: AuditRow): void;
  verdict(): Verdict;
}

interface Chain {
  readonly n: number;
  readonly hash: string;
  readonly position: number;
}

const start: Chain = { n: 0, hash: noLink, position: 0 };

/** Begins a verification against the checkpoints that are known. */
export function createVerification(marks: Marks): Verification {
  const chains = new Map<string, Chain>();
  const findings: Finding[] = [];
  let more = 0;
  let rows = 0;
  let tail = 0;
  let lastLinked = 0;

  for (const finding of marks.findings) find(finding.kind, finding.place, finding.message);
  return {
    sealed(row) {
      rows += 1;
      const before = chains.get(row.tenant) ?? start;
      const place = `${row.tenant} ${row.n}`;
      for (const [kind, message] of faultsOf(row, before)) find(kind, place, message);
      const signed = marks.hashOf(row.tenant, row.n);
      if (signed !== undefined && signed !== row.hash)
        find("rewritten", place, "its link is not the one that was signed: this chain was made anew");
      chains.set(row.tenant, row);
      lastLinked = Math.max(lastLinked, row.position);
    },
    unsealed(row) {
      const place = `${row.tenant} row ${row.position}`;
      if (tenantIn(row.text) !== row.tenant) find("tenant", place, "its entry is another tenant's, or cannot be read");
      // Positions are given, and links made, in the order of the commits: a row that lies before a link was there when the link was made.
      if (row.position < lastLinked) find("inserted", place, "it lies before rows that have links, and has none");
      else tail += 1;
    },
    verdict() {
      for (const { tenant, n } of marks.lasts()) {
        const last = chains.get(tenant)?.n ?? 0;
        if (last < n)
          find(
            "cut",
            `${tenant} ${last + 1}`,
            `the chain ends with ${last}, and a signed checkpoint says that it had ${n}`,
          );
      }
      const unsigned = [...chains].reduce((sum, [tenant, { n }]) => sum + Math.max(0, n - marks.lastOf(tenant)), 0);
      return { findings: [...findings], more, rows, tenants: chains.size, unsigned, tail };
    },
  };

  function find(kind: FindingKind, place: string, message: string): void {
    if (findings.length < limits.auditFindingsMax) findings.push({ kind, place, message });
    else more += 1;
  }
}

/** Each link is held against the one that lies before it as it is, so that one change is found once and not in all that follow. */
function faultsOf(link: SealedRow, before: Chain): readonly (readonly [FindingKind, string])[] {
  const faults: (readonly [FindingKind, string])[] = [];
  if (link.n > before.n + 1) faults.push(["missing", `${link.n - before.n - 1} links before it are gone`]);
  else if (link.n !== before.n + 1) faults.push(["order", `it stands behind ${before.n}`]);
  else if (link.prev !== before.hash) faults.push(["order", "it does not follow the link before it"]);
  else if (link.position <= before.position)
    faults.push(["order", `its row ${link.position} lies before row ${before.position}`]);
  if (link.row === undefined) faults.push(["missing", `its row ${link.position} is gone`]);
  else if (link.row.tenant !== link.tenant) faults.push(["tenant", `its row was given to ${link.row.tenant}`]);
  else if (linkHash(link, link.row.text) !== link.hash)
    faults.push(["changed", `its row ${link.position} is not what was linked`]);
  return faults;
}

function tenantIn(text: string): string {
  try {
    return entryIn(text).tenant;
  } catch (error) {
    return messageOf(error);
  }
}
