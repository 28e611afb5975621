import { readAuditLog } from "../../app/audit/read-log.ts";
import type { AuditItem } from "../../audit/export-line.ts";
import { messageOf, RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `audit list`. */
export interface AuditListOptions {
  readonly run?: string;
  readonly action?: string;
  readonly limit: string;
}

/** A time that a date can have: a row that was tampered with may say anything. */
const timeMax = 8.64e15;

/** Lists the last rows that fit, oldest first. */
export async function auditListCommand(options: AuditListOptions, session: Session): Promise<ExitCode> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageRowsMax) {
    const message = `--limit is a whole number from 1 to ${limits.pageRowsMax}, not '${options.limit}'.`;
    throw new RunwrightError("usage.invalid", message);
  }
  const config = await sessionConfig(session);
  const run = options.run === undefined ? undefined : await findRunOf(config, options.run);
  const last: JsonObject[] = [];
  let left = 0;
  for await (const item of readAuditLog(config)) {
    const row = rowOf(item);
    if (!fits(row, run, options.action)) continue;
    last.push(row);
    if (last.length <= limit) continue;
    last.shift();
    left += 1;
  }
  await give(last, session);
  if (session.json) session.output.json({ rows: last, left });
  else if (left > 0) session.output.note(`${left} rows before these: --limit shows more, \`audit export\` all`);
  if (last.length === 0) session.output.note("no rows");
  return exitCodes.ok;
}

async function give(rows: readonly JsonObject[], { output, json, jsonl }: Session): Promise<void> {
  if (json) return;
  for (const row of rows) {
    if (!output.isRead()) return;
    await (jsonl ? output.jsonLine(row) : output.line(lineOf(row)));
  }
}

/** What is shown of a row; `n` is its place in the chain, once it has one. */
function rowOf(item: AuditItem): JsonObject {
  const row = item.kind === "sealed" ? item.link.row : item.row;
  const place =
    item.kind === "sealed" ? { n: item.link.n, position: item.link.position } : { position: item.row.position };
  return { ...place, ...(row === undefined ? { missing: true } : entryOf(row.text)) };
}

/** A row that was tampered with is shown as far as it goes: `audit verify` says what is wrong with it. */
function entryOf(text: string): JsonObject {
  try {
    const entry = JSON.parse(text) as Json;
    return isJsonObject(entry) ? entry : { unreadable: text };
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}

function fits(row: JsonObject, run: string | undefined, action: string | undefined): boolean {
  const object = textOf(row, "object");
  if (run !== undefined && object !== run && !object.startsWith(`${run}/`) && !object.startsWith(`${run} `))
    return false;
  if (action === undefined) return true;
  const found = textOf(row, "action");
  return action.endsWith("*") ? found.startsWith(action.slice(0, -1)) : found === action;
}

function lineOf(row: JsonObject): string {
  const { at, n } = row;
  const time = typeof at === "number" && Math.abs(at) <= timeMax ? new Date(at).toISOString() : "-";
  const place = typeof n === "number" ? String(n) : "unsealed";
  const said = ["actor", "action", "outcome", "object"].map((key) => safeLine(textOf(row, key)) || "-");
  return [place.padStart(8), time, ...said].join("  ");
}

function textOf(row: JsonObject, key: string): string {
  const value = row[key];
  return typeof value === "string" ? value : "";
}
