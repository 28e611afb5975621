import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { checkpointIn, type Head, type Verifier } from "./checkpoint.ts";
import type { Finding } from "./finding.ts";

/** What checkpoints say of the chains: hashes by tenant and place. */
export interface Marks {
  readonly findings: readonly Finding[];
  /** Checkpoints that were read; lines that are none, such as one that a power cut left unfinished. */
  readonly checkpoints: number;
  readonly unreadable: number;
  hashOf(tenant: string, n: number): string | undefined;
  /** The place of the last link of a tenant that a checkpoint names; 0 without one. */
  lastOf(tenant: string): number;
  lasts(): readonly Pick<Head, "tenant" | "n">[];
}

/** Takes checkpoints in. */
export interface MarkReader extends Marks {
  /** A line of a file; `place` names it. */
  line(text: string, place: string): void;
}

/** Reads checkpoints, and believes those that the key signed. Without a key it believes them all, as far as they go together. */
export function createMarks(key: Verifier | undefined): MarkReader {
  const byTenant = new Map<string, { last: number; readonly hashes: Map<number, string> }>();
  const findings: Finding[] = [];
  let checkpoints = 0;
  let unreadable = 0;

  return {
    findings,
    get checkpoints() {
      return checkpoints;
    },
    get unreadable() {
      return unreadable;
    },
    hashOf: (tenant, n) => byTenant.get(tenant)?.hashes.get(n),
    lastOf: (tenant) => byTenant.get(tenant)?.last ?? 0,
    lasts: () => Array.from(byTenant, ([tenant, { last }]) => ({ tenant, n: last })),
    line(text, place) {
      if (text === "") return;
      const checkpoint = checkpointIn(text);
      if (checkpoint === undefined) {
        unreadable += 1;
        return;
      }
      if (key !== undefined && !key.isSigned(checkpoint)) {
        const message = `it is signed with key ${checkpoint.key}, and ${checkpoint.key === key.id ? "the signature is wrong" : `expected was ${key.id}`}`;
        if (findings.length < limits.auditFindingsMax) findings.push({ kind: "signature", place, message });
        return;
      }
      checkpoints += 1;
      if (checkpoints > limits.auditCheckpointsMax)
        throw new RunwrightError(
          "usage.invalid",
          `${place}: more than ${limits.auditCheckpointsMax} checkpoints are not read at once.`,
        );
      for (const head of checkpoint.heads) take(head, place);
    },
  };

  function take({ tenant, n, hash }: Head, place: string): void {
    const known = byTenant.get(tenant) ?? { last: 0, hashes: new Map<number, string>() };
    byTenant.set(tenant, known);
    const other = known.hashes.get(n);
    if (other !== undefined && other !== hash) {
      const message = `it names another link ${n} of ${tenant} than a checkpoint before it: the chain was made anew`;
      if (findings.length < limits.auditFindingsMax) findings.push({ kind: "rewritten", place, message });
      return;
    }
    known.hashes.set(n, hash);
    known.last = Math.max(known.last, n);
  }
}
