import { existsSync, readFileSync } from "node:fs";
import { verifierOf, type Verifier } from "../../audit/checkpoint.ts";
import { createMarks, type Marks } from "../../audit/marks.ts";
import { createVerification, type Verdict } from "../../audit/verify.ts";
import { messageOf, RunwrightError } from "../../base/error.ts";
import type { AuditRow } from "../../ports/audit.ts";
import type { Config } from "../config.ts";
import { ownCheckpoints } from "./checkpoint-files.ts";
import { publicKeyFile } from "./key.ts";
import { linesOf } from "./lines.ts";
import { readAuditExport, readAuditLog } from "./read-log.ts";

/** What to look through, and against what. */
export interface AuditQuestion {
  /** A file that `audit export` wrote; the data folder when there is none. */
  readonly file?: string;
  /** Files of checkpoints, besides the one in the data folder. */
  readonly checkpoints: readonly string[];
  /** File of the public key; the one in the data folder when there is none. */
  readonly key?: string;
}

/** How it stands with an audit log, and what was looked at to say so. */
export interface AuditAnswer extends Verdict {
  readonly checkpoints: number;
  /** Lines of the files of checkpoints that are none: what a power cut leaves of one that was being written. */
  readonly unreadable: number;
  /** Id of the key that the signatures were held against; undefined when none was at hand. */
  readonly key?: string;
  /** The first rows that wait for their link. */
  readonly waiting: readonly AuditRow[];
}

const waitingShownMax = 20;

/** Looks through an audit log. It needs no signing key, and changes nothing. */
export async function verifyAuditLog(config: Config, question: AuditQuestion): Promise<AuditAnswer> {
  const key = keyOf(config, question);
  // Before the rows: a process that seals meanwhile only adds rows, and checkpoints that are not looked at.
  const marks = await marksOf(config, question, key);
  const verification = createVerification(marks);
  const waiting: AuditRow[] = [];
  for await (const item of question.file === undefined ? readAuditLog(config) : readAuditExport(question.file)) {
    if (item.kind === "sealed") {
      verification.sealed(item.link);
      continue;
    }
    verification.unsealed(item.row);
    if (waiting.length < waitingShownMax) waiting.push(item.row);
  }
  const { checkpoints, unreadable } = marks;
  return { ...verification.verdict(), checkpoints, unreadable, waiting, ...(key !== undefined && { key: key.id }) };
}

function keyOf(config: Config, { file, key }: AuditQuestion): Verifier | undefined {
  const own = publicKeyFile(config);
  const place = key ?? (file === undefined && existsSync(own) ? own : undefined);
  if (place === undefined) return undefined;
  try {
    return verifierOf(readFileSync(place, "utf8"));
  } catch (error) {
    throw new RunwrightError("config.invalid", `${place}: ${messageOf(error)}`, { cause: error });
  }
}

async function marksOf(
  config: Config,
  { file, checkpoints }: AuditQuestion,
  key: Verifier | undefined,
): Promise<Marks> {
  const own = ownCheckpoints(config);
  const marks = createMarks(key);
  const places = file === undefined && existsSync(own) ? [own, ...checkpoints] : checkpoints;
  for (const place of places) {
    let number = 0;
    for await (const line of linesOf(place)) {
      number += 1;
      marks.line(line, `${place}:${number}`);
    }
  }
  return marks;
}
