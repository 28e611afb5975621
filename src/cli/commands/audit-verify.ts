import path from "node:path";
import { type AuditAnswer, verifyAuditLog } from "../../app/audit/verify-log.ts";
import { entryIn } from "../../ports/audit-rules.ts";
import type { AuditRow } from "../../ports/audit.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `audit verify`. */
export interface AuditVerifyOptions {
  readonly checkpoints: readonly string[];
  readonly key?: string;
}

/** Looks through the audit log: `ok` when nothing is wrong with it, `failed` when something is. */
export async function auditVerifyCommand(
  file: string | undefined,
  { checkpoints, key }: AuditVerifyOptions,
  session: Session,
): Promise<ExitCode> {
  const place = (name: string): string => path.resolve(session.cwd, name);
  const answer = await verifyAuditLog(await sessionConfig(session), {
    checkpoints: checkpoints.map(place),
    ...(file !== undefined && { file: place(file) }),
    ...(key !== undefined && { key: place(key) }),
  });
  const ok = answer.findings.length === 0;
  if (session.json) session.output.json(documentOf(answer, ok));
  else for (const line of linesOf(answer, ok, session)) session.output.data(line);
  return ok ? exitCodes.ok : exitCodes.failed;
}

function documentOf(answer: AuditAnswer, ok: boolean) {
  const { findings, waiting, ...rest } = answer;
  return {
    ok,
    ...rest,
    findings: findings.map((finding) => ({ ...finding })),
    waiting: waiting.map(({ position, tenant, text }) => ({ position, tenant, text })),
  };
}

function linesOf(answer: AuditAnswer, ok: boolean, { output }: Session): readonly string[] {
  const { findings, more, rows, tenants, checkpoints, tail, waiting } = answer;
  const word = ok ? output.dataTone("good", "ok ") : output.dataTone("bad", "bad");
  return [
    ...findings.map(
      ({ kind, place, message }) =>
        `${output.dataTone("bad", kind.padEnd(9))}  ${safeLine(place)}: ${safeLine(message)}`,
    ),
    ...(more > 0 ? [`and ${more} more`] : []),
    `${word}  ${rows} rows of ${tenants} tenants, ${checkpoints} checkpoints, ${tail} rows not sealed yet`,
    ...waiting.map((row) => `     not sealed: ${row.position} ${said(row)}`),
    ...(tail > waiting.length ? [`     and ${tail - waiting.length} more`] : []),
    ...notes(answer).map((note) => `     ${note}`),
  ];
}

/** What this verification could not see. */
function notes({ rows, checkpoints, unsigned, unreadable, key }: AuditAnswer): readonly string[] {
  return [
    ...(rows > 0 && checkpoints === 0 ? ["no checkpoint was at hand: an end that was cut off cannot be seen"] : []),
    ...(checkpoints > 0 && key === undefined ? ["signatures were not checked: give the public key with --key"] : []),
    ...(checkpoints > 0 && unsigned > 0
      ? [`${unsigned} rows are behind the last checkpoint: the next start signs them`]
      : []),
    ...(unreadable > 0 ? [`${unreadable} lines are no checkpoints, as a power cut may leave one`] : []),
  ];
}

function said({ text }: AuditRow): string {
  try {
    const { at, actor, action, object, outcome } = entryIn(text);
    return safeLine(`${new Date(at).toISOString()} ${actor} ${action} ${object} ${outcome}`);
  } catch {
    return "unreadable";
  }
}
