import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { JsonObject } from "../../src/base/json.ts";
import { builtInConnectors } from "../../src/connectors/built-in.ts";
import { type BuiltInOptions, createBuiltInConnector } from "../../src/connectors/built-in/built-in-connector.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import { validateValue } from "../../src/language/schema/validate.ts";
import type { ToolReply } from "../../src/ports/connector.ts";
import { createProcesses } from "../../src/processes/process-group.ts";
import { callOf } from "../mcp/stage.ts";

/** A project with the connectors that come along. */
export interface BuiltInStage extends AsyncDisposable {
  readonly root: string;
  /** Calls `files.read_text`; what it gives has to be what its descriptor says. */
  call(name: string, input: JsonObject, settings?: JsonObject, signal?: AbortSignal): Promise<ToolReply>;
  find(name: string, input: JsonObject, settings?: JsonObject): Promise<ToolReply | undefined>;
}

/** An empty project in a folder of its own. */
export function openBuiltIns(options: Partial<BuiltInOptions> = {}): BuiltInStage {
  const root = realpathSync.native(mkdtempSync(path.join(tmpdir(), "runwright-test-")));
  const processes = createProcesses();
  const connector = createBuiltInConnector({
    root,
    fileRoots: [],
    shellCommands: [],
    processes,
    addressOf: (host) => Promise.resolve(host),
    ...options,
  });
  const never = new AbortController().signal;

  return {
    root,
    async call(name, input, settings = { root: "data" }, signal = never) {
      const { descriptor, action } = named(name);
      const reply = await connector.call(descriptor, callOf(descriptor, action, input), { settings, signal });
      assertDescribed(descriptor, action, reply);
      return reply;
    },
    find(name, input, settings = { root: "data" }) {
      const { descriptor, action } = named(name);
      return connector.find(descriptor, callOf(descriptor, action, input), { settings, signal: never });
    },
    async [Symbol.asyncDispose]() {
      await processes[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function named(name: string): { readonly descriptor: ConnectorDescriptor; readonly action: string } {
  const [connector = "", action = ""] = name.split(".");
  const descriptor = builtInConnectors.find((each) => each.name === connector);
  if (descriptor === undefined) throw new Error(`There is no connector ${connector}.`);
  return { descriptor, action };
}

/** What an action gives and leaves behind is of the types that workflows are checked with. */
function assertDescribed({ actions }: ConnectorDescriptor, name: string, { output, receipt }: ToolReply): void {
  const action = actions[name];
  const problems = [
    ...validateValue(action?.output ?? {}, output),
    ...(receipt === undefined ? [] : validateValue(action?.receipt ?? {}, receipt)),
  ];
  if (problems.length > 0) throw new Error(`${name}: ${JSON.stringify(problems)}`);
  if ((receipt === undefined) !== (action?.effect === "read")) throw new Error(`${name}: a receipt belongs to a write`);
}
