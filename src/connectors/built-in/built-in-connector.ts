import { messageOf, RunwrightError } from "../../base/error.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import { validateValue } from "../../language/schema/validate.ts";
import type { Connector, ToolCall, ToolSurroundings } from "../../ports/connector.ts";
import type { Processes } from "../../processes/process-group.ts";
import { withoutValues } from "../without-values.ts";
import type { BuiltInAction } from "./built-in-action.ts";
import { filesActions } from "./files.ts";
import { shellActions } from "./shell.ts";
import type { SmtpOptions } from "./smtp-session.ts";
import { smtpActions } from "./smtp.ts";

/** What the connectors that come along stand on. */
export interface BuiltInOptions extends SmtpOptions {
  /** The project's folder. */
  readonly root: string;
  /** Folders outside of the project that `files` may be pointed at, absolute. */
  readonly fileRoots: readonly string[];
  /** Programs that `shell` may start; none: it is off. */
  readonly shellCommands: readonly string[];
  readonly processes: Processes;
}

/** The connectors that Runwright carries out itself: `files`, `shell` and `smtp`, in the versions that come along. */
export function createBuiltInConnector(options: BuiltInOptions): Connector {
  const { root, fileRoots, shellCommands, processes } = options;
  const connectors: ReadonlyMap<string, Readonly<Record<string, BuiltInAction>>> = new Map([
    ["files@1.0.0", filesActions({ root, roots: fileRoots })],
    ["shell@1.0.0", shellActions({ root, commands: shellCommands, processes })],
    ["smtp@1.3.0", smtpActions(options)],
  ]);

  return {
    async call(descriptor, call, surroundings) {
      const action = actionOf(descriptor, call, surroundings);
      const { output, receipt } = await guarded(surroundings, () => action.call(call.input, surroundings, call));
      return { v: 1, output, ...(receipt !== undefined && call.effect !== "read" && { receipt }) };
    },
    async find(descriptor, call, surroundings) {
      const action = actionOf(descriptor, call, surroundings);
      if (action.find === undefined)
        throw new RunwrightError(
          "tool.failed",
          `${call.connector}/${call.action}: nobody can look whether it was carried out.`,
        );
      const found = await guarded(surroundings, async () => action.find?.(call.input, surroundings));
      return found === undefined ? undefined : { v: 1, ...found };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };

  function actionOf(descriptor: ConnectorDescriptor, call: ToolCall, { settings }: ToolSurroundings): BuiltInAction {
    const pin = `${descriptor.name}@${descriptor.version}`;
    const actions = connectors.get(pin);
    if (actions === undefined)
      throw new RunwrightError(
        "connector.not-configured",
        `${pin} has no kind, and Runwright itself carries out only ${[...connectors.keys()].join(", ")}.`,
      );
    const action = Object.hasOwn(actions, call.action) ? actions[call.action] : undefined;
    const described = Object.hasOwn(descriptor.actions, call.action) ? descriptor.actions[call.action] : undefined;
    if (action === undefined || described === undefined)
      throw new RunwrightError("tool.not-allowed", `${pin} has no action '${call.action}'.`);
    assertFits(validateValue(described.input, call.input), "tool.input-invalid", `The input of ${pin}/${call.action}`);
    assertFits(
      validateValue(descriptor.settings ?? {}, settings),
      "connector.not-configured",
      `The settings of ${pin}`,
    );
    return action;
  }
}

function assertFits(
  problems: ReturnType<typeof validateValue>,
  code: "tool.input-invalid" | "connector.not-configured",
  what: string,
): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new RunwrightError(
    code,
    `${what} does not fit: ${first.path === "" ? "" : `${first.path}: `}${first.message}.`,
  );
}

// Where something lies is no secret, and a message without it helps nobody.
const shownSettings: ReadonlySet<string> = new Set(["root", "folder", "host"]);

async function guarded<T>({ settings }: ToolSurroundings, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const hidden = Object.fromEntries(Object.entries(settings).filter(([name]) => !shownSettings.has(name)));
    if (error instanceof RunwrightError) throw withoutValues(error, hidden);
    throw withoutValues(
      new RunwrightError("tool.failed", `The system refused: ${messageOf(error)}.`, { cause: error }),
      hidden,
    );
  }
}
