import { createLlmAction } from "../actions/llm/llm-action.ts";
import { createToolAction } from "../actions/tool/tool-action.ts";
import { createTools } from "../actions/tool/tools.ts";
import type { Clock } from "../base/clock.ts";
import { createHttpConnector } from "../connectors/http/http-connector.ts";
import { openWay } from "../connectors/http/way.ts";
import type { ConnectorDescriptor } from "../language/connector.ts";
import type { Action } from "../ports/action.ts";
import type { Policy } from "../ports/policy.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import type { Config } from "./config.ts";
import { createConnectorSet } from "./connector-set.ts";
import { openModels } from "./models.ts";
import { createConnectorModules } from "./run-action.ts";
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

/** The actions that reach other systems. */
export interface Calls extends AsyncDisposable {
  readonly llm: Action;
  readonly tool: Action;
}

/** Opens the way to models and tools. Nothing is connected or started before the first call that needs it. */
export function openCalls(config: Config, { clock, vault, policy, version }: ActionsGround): Calls {
  const opened = new AsyncDisposableStack();
  const { allowHosts } = config.connectors;
  const way = opened.use(openWay(allowHosts));
  const http = createHttpConnector({ allowHosts, now: () => clock.now() });
  const modules = opened.use(createConnectorModules(config));
  const connector = opened.use(createConnectorSet(config, { version, modules, http, ...way }));
  const models = opened.use(openModels(config, vault, clock));
  const tools = createTools({ descriptor: createInstalled(config), connector, vault, policy });
  return {
    llm: createLlmAction(models, tools),
    tool: createToolAction(tools),
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
