import { createLlmAction } from "../actions/llm/llm-action.ts";
import { createToolAction } from "../actions/tool/tool-action.ts";
import { createTools } from "../actions/tool/tools.ts";
import type { Clock } from "../base/clock.ts";
import { createHttpConnector } from "../connectors/http/http-connector.ts";
import { openWay } from "../connectors/http/way.ts";
import type { ConnectorDescriptor } from "../language/connector.ts";
import type { Action, ActionCall } from "../ports/action.ts";
import type { Policy } from "../ports/policy.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import type { Config } from "./config.ts";
import { createConnectorSet } from "./connector-set.ts";
import { openModels } from "./models.ts";
import { createConnectorModules, createRunAction } from "./run-action.ts";
import { installedConnectors } from "./world.ts";

/** What the actions of a project stand on. */
export interface ActionsGround {
  readonly store: Store;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly policy: Policy;
  /** Of Runwright, as servers are told it. */
  readonly version: string;
}

/** Carries out the calls of every verb. Nothing is connected, started or loaded before the first call that needs it. */
export function openActions(config: Config, { store, clock, vault, policy, version }: ActionsGround): Action {
  const opened = new AsyncDisposableStack();
  const modules = opened.use(createRunAction(config, store));
  const allowHosts = config.connectors.allowHosts;
  const way = opened.use(openWay(allowHosts));
  const http = createHttpConnector({ allowHosts, now: () => clock.now() });
  // Modules of connectors lie in the project's own folder, wherever the workflow does that calls them.
  const ofConnectors = opened.use(createConnectorModules(config));
  const connector = opened.use(createConnectorSet(config, { version, modules: ofConnectors, http, ...way }));
  const models = opened.use(openModels(config, vault, clock));
  const tools = createTools({ descriptor: createInstalled(config), connector, vault, policy });
  const byVerb: Readonly<Record<ActionCall["verb"], Action>> = {
    function: modules,
    assignment: modules,
    llm: createLlmAction(models, tools),
    tool: createToolAction(tools),
  };
  return {
    run: (call, signal) => byVerb[call.verb].run(call, signal),
    opening: (call) => byVerb[call.verb].opening?.(call),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** How long the connectors of a project are believed to be as they were read: a call pays for no file, and a new file is soon found. */
const readAgainMs = 2000;

function createInstalled(config: Config): (pin: string) => ConnectorDescriptor | undefined {
  let known: ReadonlyMap<string, ConnectorDescriptor> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  return (pin) => {
    if (performance.now() - readAt > readAgainMs) {
      // A file of the project takes the place of one that comes along: the later of a pin counts.
      known = new Map(installedConnectors(config).map((each) => [`${each.name}@${each.version}`, each]));
      readAt = performance.now();
    }
    return known.get(pin);
  };
}
