import { reachRuns } from "../../app/reach.ts";
import type { Decision, GateView, RunView } from "../../app/runs.ts";
import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { followToEnd, type FollowFlags, openLog } from "../follow-to-end.ts";
import { handOver } from "../hand-over.ts";
import { createLogs } from "../logs.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { splitPair, valueOfText } from "../values.ts";
import { shownPath, wordOfRun } from "../words.ts";

/** Options of `approve`, `reject` and `settle`. */
export interface DecideOptions extends FollowFlags {
  readonly comment?: string;
  /** Each `field=value`; `approve` only. */
  readonly edit: readonly string[];
  /** What the call left behind, as JSON; `settle --done` only. */
  readonly receipt?: string;
}

/** What is decided at which gate. */
export interface DecideRequest {
  readonly run: string;
  /** Undefined: the only one that is open. */
  readonly gate: string | undefined;
  readonly outcome: Decision["outcome"];
}

/**
 * Decides a gate. Where another process carries the run out, that one goes on with it and this command is done; where none does, this one goes
 * on with it, as whoever approves expects.
 */
export async function decideCommand(
  request: DecideRequest,
  options: DecideOptions,
  session: Session,
): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const run = await findRunOf(config, request.run);
  using log = openLog(options, session);
  const logs = createLogs();
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog: logs.emit });
  const runs = reached.kind === "here" ? reached.app.runs : reached.runs;
  const view = await runs.view(run);
  const gate = chooseGate(view, request.gate);
  await runs.decide(run, decisionOn(gate, request.outcome, options));

  const { output } = session;
  const said = saidOf(gate, request.outcome);
  const word = output.tone(request.outcome === "accepted" ? "good" : "attention", said);
  if (options.quiet !== true) output.note(`${word}  ${shownPath(gate.path)}: ${safeLine(gate.question)}`);
  if (reached.kind === "here")
    return await followToEnd(run, { app: reached.app, logs, config, session, log, fromStart: false }, options);
  return await handOver({ run, words: "goes on with" }, { ...reached, config, session }, options);
}

/** A gate of an operation is about what became of it. */
function saidOf({ kind }: GateView, outcome: Decision["outcome"]): string {
  if (kind !== "effect-unknown")
    return { accepted: "accepted", rejected: "rejected", changes: "changes asked for", retry: "called again" }[outcome];
  return { accepted: "done", rejected: "failed", changes: "changes asked for", retry: "called again" }[outcome];
}

function chooseGate(view: RunView, name: string | undefined): GateView {
  const { gates, row } = view;
  assertOpen(view, name);
  if (name !== undefined) {
    const found = gates.find(({ path }) => path === name || shownPath(path) === name);
    if (found !== undefined) return found;
    const open = gates.map(({ path }) => path).join(", ");
    throw new RunwrightError(
      "gate.not-found",
      `No gate ${name} is open in run ${row.key.run}.${open === "" ? "" : ` Open: ${open}.`}`,
    );
  }
  const [only, second] = gates;
  if (only === undefined) throw new RunwrightError("gate.not-found", `Run ${row.key.run} waits at no gate.`);
  if (second === undefined) return only;
  const open = gates.map(({ path }) => path).join(", ");
  throw new RunwrightError("usage.invalid", `Several gates of run ${row.key.run} are open; name one: ${open}.`);
}

/** A gate that was there and is decided is another thing than one that never was. */
function assertOpen({ row, instances }: RunView, name: string | undefined): void {
  const run = row.key.run;
  const decided = instances.find(
    ({ path, verb, status }) => path === name && verb === "approve" && status !== "waiting" && status !== "pending",
  );
  if (decided !== undefined)
    throw new RunwrightError(
      "gate.decided",
      `Gate ${decided.path} of run ${run} is already decided (${decided.status}).`,
    );
  if (row.summary.endedAt !== undefined)
    throw new RunwrightError("run.ended", `Run ${run} has already ended (${wordOfRun(row.summary).word}).`);
}

/** Bound to what the gate shows now: if that changes before it arrives, the decision is refused. */
function decisionOn(gate: GateView, outcome: Decision["outcome"], options: DecideOptions): Decision {
  const { path, hash } = gate;
  const { comment } = options;
  const edits = options.receipt === undefined ? editsIn(options, gate) : { receipt: receiptOf(options.receipt) };
  return {
    path,
    hash,
    outcome,
    ...(comment === undefined ? {} : { comment }),
    ...(edits === undefined ? {} : { edits }),
  };
}

function editsIn({ edit }: DecideOptions, gate: GateView): JsonObject | undefined {
  return edit.length === 0 ? undefined : editsOf(edit, gate);
}

function receiptOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new RunwrightError("usage.invalid", `--receipt takes JSON, such as '{"remote_id": "17"}'; it has '${text}'.`);
  }
}

/** A field that is text now, or is to be, takes what is written as it is; any other is read as JSON where it can be. */
function editsOf(pairs: readonly string[], { show, form }: GateView): JsonObject {
  const shown = isJsonObject(show) ? show : {};
  const asked = isJsonObject(form?.["properties"]) ? form["properties"] : {};
  const isText = (field: string): boolean => {
    const schema = asked[field];
    return isJsonObject(schema) ? schema["type"] === "string" : typeof shown[field] === "string";
  };
  return Object.fromEntries(
    pairs.map((pair) => {
      const [field, text] = splitPair(pair, "--edit");
      return [field, valueOfText(text, isText(field))];
    }),
  );
}
