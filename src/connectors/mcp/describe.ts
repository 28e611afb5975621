import { hasCode } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { defined } from "../../language/compile/optional.ts";
import type { EffectClass } from "../../language/connector.ts";
import { readDescriptor } from "../read-descriptor.ts";
import type { Inspection } from "./mcp-connector.ts";
import { readableSchema } from "./readable-schema.ts";
import { namedTools, type ToolFacts, toolsDigest } from "./tools.ts";

/** A connector's file before its server was looked at, or as it was then. `actions` may be `"*"`, a list of tools, or a map of actions. */
export interface ServerTemplate {
  readonly name: string;
  readonly version: string;
  readonly title?: Json;
  readonly settings?: Json;
  readonly mcp: JsonObject;
  readonly actions: Json;
}

/** What came of it. */
export interface Description {
  /** The connector's file. */
  readonly descriptor: JsonObject;
  /** Actions whose types cannot be written in the file: they take and give anything, and the server checks. */
  readonly loose: readonly string[];
  /** Tools that the file names and the server does not have. */
  readonly missing: readonly string[];
}

/**
 * The connector's file with what its server says of its tools. What a person wrote about an action stays; what only the server can know, its
 * input and output, is the server's.
 */
export function describeServer(template: ServerTemplate, { tools, server }: Inspection): Description {
  const wanted = wantedActions(template.actions, tools);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const found = wanted.flatMap(({ name, tool, written }) => {
    const facts = byName.get(tool);
    return facts === undefined ? [] : [{ name, ...describeTool(name, facts, written) }];
  });
  const actions = Object.fromEntries(found.map(({ name, action }) => [name, action]));
  const { tools: _pinned, ...mcp } = template.mcp;
  return {
    descriptor: {
      name: template.name,
      version: template.version,
      title: template.title ?? `${server.name} ${server.version}`.trim(),
      kind: "mcp",
      ...defined({ settings: template.settings }),
      mcp: { ...mcp, tools: toolsDigest(tools, namedTools({ actions: actions as never })) },
      actions,
    },
    loose: found.filter(({ isLoose }) => isLoose).map(({ name }) => name),
    missing: wanted.filter(({ tool }) => !byName.has(tool)).map(({ tool }) => tool),
  };
}

/** What hints of a server lead to, where nobody says otherwise. They are hints: what has none is taken for a write that may not be repeated. */
function proposedEffect({ annotations }: ToolFacts): EffectClass {
  if (annotations["readOnlyHint"] === true) return "read";
  return annotations["idempotentHint"] === true ? "idempotent" : "blind";
}

interface Wanted {
  readonly name: string;
  readonly tool: string;
  /** What the file says of the action already. */
  readonly written: JsonObject;
}

function wantedActions(actions: Json, tools: readonly ToolFacts[]): readonly Wanted[] {
  if (isJsonObject(actions))
    return Object.entries(actions).map(([name, written]) => {
      const known = isJsonObject(written) ? written : {};
      const { mcp } = known;
      const tool = isJsonObject(mcp) ? mcp["tool"] : undefined;
      return { name, tool: typeof tool === "string" ? tool : name, written: known };
    });
  const names = Array.isArray(actions)
    ? actions.filter((name: Json): name is string => typeof name === "string")
    : tools.map(({ name }) => name);
  const taken = new Set<string>();
  return names.map((tool) => {
    let name = actionName(tool);
    for (let n = 2; taken.has(name); n += 1) name = `${actionName(tool).slice(0, 60)}_${n}`;
    taken.add(name);
    return { name, tool, written: name === tool ? {} : { mcp: { tool } } };
  });
}

/** A tool's name as steps can write it. */
function actionName(tool: string): string {
  const name = tool.replaceAll(/[^A-Za-z0-9_.-]/g, "_").slice(0, 64);
  return /^[a-z]/.test(name) ? name : `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`.replace(/^[^a-z]/, "t");
}

function describeTool(
  name: string,
  facts: ToolFacts,
  written: JsonObject,
): { readonly action: JsonObject; readonly isLoose: boolean } {
  const { title: _title, effect: _effect, input: _input, output: givenOutput, ...rest } = written;
  const effect = written["effect"] ?? proposedEffect(facts);
  const action = (input: JsonObject, output: Json | undefined): JsonObject => ({
    title: written["title"] ?? titleOf(facts),
    effect,
    input,
    ...defined({ output }),
    ...rest,
  });
  const whole = action(
    readableSchema(facts.inputSchema),
    facts.outputSchema === null ? givenOutput : readableSchema(facts.outputSchema),
  );
  if (isReadable(name, whole)) return { action: whole, isLoose: false };
  return { action: action({ type: "object" }, undefined), isLoose: true };
}

/** Whether the schemas of an action can stand in a file. What else a person wrote there is not asked here. */
function isReadable(name: string, { title, input, output }: JsonObject): boolean {
  const action = { title: title ?? name, effect: "blind", input: input ?? {}, ...defined({ output }) };
  try {
    readDescriptor({
      file: name,
      text: JSON.stringify({ name: "try", version: "1", title: "Try", actions: { try: action } }),
    });
    return true;
  } catch (error) {
    if (hasCode(error, "connector.invalid")) return false;
    throw error;
  }
}

const titleCharsMax = 200;

function titleOf({ name, title, description, annotations }: ToolFacts): string {
  const hint = annotations["title"];
  const [sentence = ""] = (description ?? "").trim().split(/(?<=[.!?])\s|\n/);
  const said = [sentence, title ?? "", typeof hint === "string" ? hint : "", name].find((text) => text.trim() !== "");
  return (said ?? name).trim().slice(0, titleCharsMax);
}
