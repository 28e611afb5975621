import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { digestText } from "../base/digest.ts";
import { type ErrorCode, messageOf, RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { slashedPath } from "../base/paths.ts";
import { defined } from "../language/compile/optional.ts";
import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceMap, type SourceNode, toJson } from "../language/source/tree.ts";
import type { Source } from "../language/world.ts";
import { providerLimits } from "../providers/limits.ts";
import { type Script, type ScriptAnswer, scriptedCodes, type ScriptRule } from "../providers/scripted.ts";
import { readChecked, reportUnknownKeys } from "./checked-file.ts";
import { settingFields } from "./setting-fields.ts";

/**
 * Reads files of answers for scripted models, named from `root`. Throws `config.invalid` with every problem of the file.
 *
 * A file is looked at for each call, so that whoever writes it sees the change at once, and is parsed only when its text is another.
 */
export function createScriptReader(root: string): (file: string) => Script {
  const known = new Map<string, Script>();

  return (name) => {
    const file = slashedPath(root, path.resolve(root, name), path);
    const text = readText(path.resolve(root, name), file);
    const digest = `sha256:${digestText(text)}`;
    const old = known.get(file);
    if (old?.digest === digest) return old;
    const script = { file, digest, rules: parseScript({ file, text }) };
    known.set(file, script);
    return script;
  };
}

function readText(place: string, file: string): string {
  try {
    const { size } = statSync(place);
    if (size > limits.sourceBytesMax) throw new Error(`it has ${size} bytes, and ${limits.sourceBytesMax} are read`);
    return readFileSync(place, "utf8");
  } catch (error) {
    const message = `The file of answers ${file} cannot be read: ${messageOf(error)}. Write it, or name another as the provider's file.`;
    throw new RunwrightError("config.invalid", message, { cause: error });
  }
}

function parseScript(source: Source): readonly ScriptRule[] {
  return readChecked(source, "a file of answers", (root, problems) => {
    reportUnknownKeys(root, ["answers"], "in a file of answers", problems);
    const list = entryOf(root, "answers")?.value;
    if (list?.kind === "list") return list.items.map((item) => readRule(item, problems));
    const range = list?.range ?? root.range;
    problems.report("E015", range, "'answers' is a list of rules", { hint: ruleHint });
    return [];
  });
}

const ruleHint = "write answers: [{ when: { contains: refund }, answer: Yes. }]";

function readRule(node: SourceNode, problems: Problems): ScriptRule {
  const map = asMap(node, "a rule", problems);
  reportUnknownKeys(map, ["when", "answer", "calls", "error", "delay", "times"], "in a rule", problems);
  const whenNode = entryOf(map, "when")?.value;
  const when = whenNode === undefined ? none : asMap(whenNode, "'when'", problems);
  reportUnknownKeys(when, ["contains", "system", "model", "tool"], "in a condition", problems);
  const fields = settingFields(map, problems);
  const conditions = settingFields(when, problems);
  return {
    contains: readTexts(when, "contains", problems),
    system: readTexts(when, "system", problems),
    delayMs: fields.duration("delay", providerLimits.callMs) ?? 0,
    answer: readAnswer(map, problems),
    ...defined({
      model: conditions.text("model", isText, "the name of a model"),
      tool: conditions.text("tool", isText, "the name of a tool"),
      times: fields.count("times", limits.iterationsMax),
    }),
  };
}

const none: SourceMap = { kind: "map", range: { start: 0, end: 0 }, entries: [] };

function asMap(node: SourceNode, what: string, problems: Problems): SourceMap {
  if (node.kind === "map") return node;
  problems.report("E015", node.range, `${what} is a map, not ${kindOf(node)}`, { hint: ruleHint });
  return none;
}

function isText(text: string): boolean {
  return text !== "";
}

/** One text or a list of them. */
function readTexts(map: SourceMap, key: string, problems: Problems): readonly string[] {
  const node = entryOf(map, key)?.value;
  if (node === undefined) return [];
  const items = node.kind === "list" ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === "scalar" && item.value !== null) return [item.text];
    problems.report("E015", item.range, `'${key}' is a text or a list of texts, not ${kindOf(item)}`);
    return [];
  });
}

function readAnswer(map: SourceMap, problems: Problems): ScriptAnswer {
  const [answer, calls, error] = ["answer", "calls", "error"].map((key) => entryOf(map, key)?.value);
  if (answer === undefined && calls === undefined && error === undefined)
    problems.report("E015", map.range, "a rule has an 'answer', 'calls' or an 'error'", { hint: ruleHint });
  if (error === undefined)
    return { kind: "reply", text: answerText(answer), calls: calls === undefined ? [] : readCalls(calls, problems) };
  if (answer !== undefined || calls !== undefined)
    problems.report("E015", error.range, "a rule with an 'error' has no 'answer' and no 'calls'");
  return readError(error, problems);
}

/** A text as it is; anything else as its JSON, which is what a model would write. */
function answerText(node: SourceNode | undefined): string {
  if (node === undefined) return "";
  const isPlain = node.kind === "scalar" && typeof node.value === "string";
  return isPlain ? node.text : JSON.stringify(toJson(node));
}

function readCalls(node: SourceNode, problems: Problems): Extract<ScriptAnswer, { kind: "reply" }>["calls"] {
  const hint = "write calls: [{ name: helpdesk.update_ticket, with: { id: 7 } }]";
  if (node.kind !== "list") {
    problems.report("E015", node.range, `'calls' is a list, not ${kindOf(node)}`, { hint });
    return [];
  }
  return node.items.map((item) => {
    const map = asMap(item, "a call", problems);
    reportUnknownKeys(map, ["name", "with"], "in a call", problems);
    const name = settingFields(map, problems).text("name", isText, "the name of a tool");
    if (entryOf(map, "name") === undefined) problems.report("E015", item.range, "a call names its tool", { hint });
    const given = entryOf(map, "with")?.value;
    return { name: name ?? "", input: given === undefined ? {} : toJson(given) };
  });
}

function readError(node: SourceNode, problems: Problems): ScriptAnswer {
  const map = asMap(node, "'error'", problems);
  reportUnknownKeys(map, ["code", "message", "retry_after"], "in an error", problems);
  const fields = settingFields(map, problems);
  const code: ErrorCode = fields.choice("code", scriptedCodes) ?? "model.unavailable";
  return {
    kind: "error",
    code,
    message: fields.text("message", isText, "a text") ?? "The file of answers says so.",
    ...defined({ retryAfterMs: fields.duration("retry_after", providerLimits.retryAfterMsMax) }),
  };
}
