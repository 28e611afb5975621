import { isCancel, select, text } from "@clack/prompts";
import type { Decision, GateView } from "../app/runs.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import type { Output } from "./output.ts";
import { safeLine } from "./safe-text.ts";
import { showStart } from "./show-value.ts";
import { valueOfText } from "./values.ts";
import { shownPath } from "./words.ts";

/** What a person said at a gate. */
export type GateAnswer =
  | { readonly kind: "decided"; readonly decision: Decision }
  | { readonly kind: "later" | "interrupted" };

const linesMax = 30;

/** Asks the person at the terminal. `signal` ends the question when somebody else has answered it: that counts as `later`. */
export async function askGate(gate: GateView, output: Output, signal: AbortSignal): Promise<GateAnswer> {
  output.note("");
  if (gate.show !== null) for (const line of showStart(gate.show, linesMax)) output.note(`  ${line}`);
  const chosen = await select({
    message: `${safeLine(gate.question)} (${shownPath(gate.path)})`,
    options: [...optionsOf(gate), { value: "later", label: "leave for later" }],
    output: process.stderr,
    signal,
  });
  if (chosen === "later") return { kind: "later" };

  const { path, hash } = gate;
  const rest = isCancel(chosen) ? undefined : await restOf(chosen, gate, signal);
  if (rest === undefined) return { kind: signal.aborted ? "later" : "interrupted" };
  return { kind: "decided", decision: { path, hash, ...rest } };
}

/** What may be said: of a call that was cut off, what became of it. */
function optionsOf({ kind, editable }: GateView): readonly { value: string; label: string; hint?: string }[] {
  if (kind === "effect-unknown") {
    return [
      { value: "accepted", label: "it was carried out", hint: "the step goes on without calling it" },
      { value: "retry", label: "it was not: call it once more" },
      { value: "rejected", label: "let the step fail" },
    ];
  }
  return [
    { value: "accepted", label: "accept" },
    ...(editable.length > 0 ? [{ value: "edited", label: "accept with changes", hint: editable.join(", ") }] : []),
    { value: "rejected", label: "reject" },
  ];
}

/** What belongs to a choice: changes, or a reason. Undefined when the person, or the signal, broke off. */
async function restOf(
  chosen: string,
  gate: GateView,
  signal: AbortSignal,
): Promise<Omit<Decision, "path" | "hash"> | undefined> {
  if (chosen === "accepted" || chosen === "retry") return { outcome: chosen };
  if (chosen === "edited") {
    const edits = await askEdits(gate, signal);
    return edits === undefined ? undefined : { outcome: "accepted", edits };
  }
  const comment = await text({ message: "Why? (may stay empty)", output: process.stderr, signal });
  if (isCancel(comment)) return undefined;
  return { outcome: "rejected", ...(comment ? { comment } : {}) };
}

async function askEdits(gate: GateView, signal: AbortSignal): Promise<JsonObject | undefined> {
  const shown = isJsonObject(gate.show) ? gate.show : {};
  const edits: Record<string, Json> = {};
  for (const field of gate.editable) {
    const before = shown[field] ?? null;
    const initialValue = typeof before === "string" ? before : JSON.stringify(before);
    const answer = await text({
      message: safeLine(field),
      initialValue: safeLine(initialValue),
      output: process.stderr,
      signal,
    });
    if (isCancel(answer)) return undefined;
    if (answer !== initialValue) edits[field] = valueOfText(answer ?? "", typeof before === "string");
  }
  return edits;
}
