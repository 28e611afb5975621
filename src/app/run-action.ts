import path from "node:path";
import { availableParallelism } from "node:os";
import { createFunctionAction } from "../actions/function/function-action.ts";
import { createModuleLocks } from "../actions/function/module-lock.ts";
import { functionLimits } from "../actions/function/limits.ts";
import { runKeyText, type RunKey } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { Action, FunctionCall } from "../ports/action.ts";
import type { Version } from "../ports/catalog.ts";
import type { Store } from "../ports/store.ts";
import { readEvents } from "../ports/stored-event.ts";
import type { Config } from "./config.ts";
import { namedFolders } from "./grants.ts";
import { readModuleConfig } from "./module-config.ts";
import { modulesRoot } from "./modules-root.ts";
import { assertModule } from "./publish/drift.ts";

/** Where the modules of a run lie, and what they may read besides. */
interface Surroundings {
  readonly root: string;
  readonly folders: readonly string[];
  readonly version: Version;
}

/**
 * Carries out the calls of every workflow of a project: each with the modules that belong to its file, confined to their folder and to the
 * folders that the run's input names. All of that is read from the journal, so that it is the same after a crash.
 */
export function createRunAction(config: Config, store: Store): Action<FunctionCall> {
  const actions = new Map<string, Action<FunctionCall>>();
  const known = new Map<string, Promise<Surroundings>>();
  const modules = createModuleLocks(config.root);

  return {
    async run(call, signal) {
      const found = await surroundingsOf(call);
      assertModule(found.version, { root: found.root, kind: kindOf(call), name: call.name }, modules);
      return actionFor(found).run(call, signal);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...actions.values()].map((action) => action[Symbol.asyncDispose]()));
    },
  };

  function actionFor({ root, folders }: Surroundings): Action<FunctionCall> {
    const name = JSON.stringify([root, ...folders]);
    const action =
      actions.get(name) ??
      createFunctionAction({
        root,
        size: availableParallelism(),
        limits: functionLimits,
        readFolders: folders,
        writeFolders: ["reports", "logs"],
        config: readModuleConfig(root),
      });
    actions.set(name, action);
    return action;
  }

  function surroundingsOf({ key, version }: FunctionCall): Promise<Surroundings> {
    const name = runKeyText(key);
    const found = known.get(name) ?? read(key, version);
    known.delete(name);
    known.set(name, found);
    for (const old of known.keys()) {
      if (known.size <= limits.idleRunsMax) break;
      known.delete(old);
    }
    return found;
  }

  async function read(key: RunKey, digest: string): Promise<Surroundings> {
    const version = await store.catalog.get(key, digest);
    const { file, plan } = version;
    const root = modulesRoot(config, path.resolve(config.root, file));
    for await (const segment of store.journal.read(key, 1)) {
      const [first] = await readEvents(store.journal, key, segment);
      if (first?.kind === "run.created") return { root, folders: namedFolders(plan.inputs, first.input), version };
      break;
    }
    return { root, folders: [], version };
  }
}

/** Carries out the modules of a project's connectors, which lie in its own folder. */
export function createConnectorModules({ root }: Pick<Config, "root">): Action<FunctionCall> {
  let modules: Action<FunctionCall> | undefined;
  return {
    run(call, signal) {
      modules ??= createFunctionAction({
        root,
        size: availableParallelism(),
        limits: functionLimits,
        readFolders: [],
        writeFolders: [],
        config: readModuleConfig(root),
      });
      return modules.run(call, signal);
    },
    [Symbol.asyncDispose]: async () => await modules?.[Symbol.asyncDispose](),
  };
}

function kindOf({ verb }: FunctionCall): "function" | "assignment" {
  return verb === "assignment" ? "assignment" : "function";
}
