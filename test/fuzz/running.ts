import { type ErrorCode, RunwrightError } from "../../src/base/error.ts";
import type { Principal, RunKey } from "../../src/base/ids.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import type { Plan, Schema } from "../../src/language/plan.ts";
import { isTerminal } from "../../src/machine/states.ts";
import { ada, stage, type Stage } from "../engine/stage.ts";
import type { Seeded } from "../simulation/chance.ts";

/** How a run of a plan ended. */
export interface Ran {
  /** Undefined when the run did not start, because values by chance are no inputs of this workflow. */
  readonly status: string | undefined;
  /** What must not happen, whatever the file says. */
  readonly faults: readonly string[];
}

const machineFaults: readonly ErrorCode[] = ["machine.illegal", "machine.unknown", "internal", "journal.damaged"];
/** After these a run is cancelled: a gate may ask for more people than there are. */
const roundsFree = 80;
const roundsMax = 400;
const yearMs = 366 * 86_400_000;

/** Runs a plan over a memory store; functions answer at once, people decide at once, and time passes whenever nothing else happens. */
export async function runPlan(plan: Plan, text: string, chance: Seeded): Promise<Ran> {
  const made = await stage(async ({ name }) => {
    if (chance.maybe(0.1)) throw new RunwrightError("function.failed", `${name} has failed.`);
    return { output: chance.pick<Json>([null, "a", 1, true, ["x", "y"], { a: 1, id: "x", ok: true }, {}]) };
  });
  try {
    const version = { digest: text, workflow: plan.workflow, draft: true, file: "w.yml", source: text, plan };
    const input = valueOf(plan.inputs, chance) as JsonObject;
    const starting = made.engine
      .start({ scope: { tenant: "local", workspace: "default" }, principal: ada, version, input, env: {} })
      .catch(codeOf);
    await made.settle();
    const started = await starting;
    if (typeof started === "string") return { status: undefined, faults: faultOf(started) };
    return await followed(made, started.row.key, chance);
  } finally {
    await closed(made);
  }
}

/** Takes part in a run until it has ended. */
async function followed(made: Stage, key: RunKey, chance: Seeded): Promise<Ran> {
  for (let round = 0; round < roundsMax; round += 1) {
    if (round === roundsFree) void made.engine.cancel(key, ada).catch(() => undefined);
    await made.settle();
    const { status, error, gates } = (await made.engine.row(key)).summary;
    if (isTerminal(status)) return { status, faults: faultOf(error?.code, error?.message) };
    for (const { path } of gates) {
      const outcome = chance.maybe(0.8) ? "accepted" : "rejected";
      const refused = made.engine.decide(key, deciderOf(round), { path, outcome }).then(() => undefined, codeOf);
      await made.settle();
      const faults = faultOf(await refused);
      if (faults.length > 0) return { status, faults };
    }
    made.clock.runNext(yearMs);
  }
  return { status: "running", faults: [`it has not ended after ${roundsMax} rounds`] };
}

async function closed({ engine, clock, settle }: Stage): Promise<void> {
  const stopping = engine.stop();
  await settle();
  while (clock.pending > 0 && clock.runNext(yearMs)) await settle();
  await stopping;
}

/** Another person each time, because a quorum counts people, and the one whom files name. */
function deciderOf(round: number): Principal {
  return round % 2 === 0 ? ada : { id: `local:person${round}`, roles: ["*"] };
}

function codeOf(error: unknown): string {
  return error instanceof RunwrightError ? error.code : `internal: ${String(error)}`;
}

function faultOf(code: string | undefined, more = ""): readonly string[] {
  return machineFaults.some((fault) => code?.startsWith(fault)) ? [`the run ends with ${code} ${more}`] : [];
}

/** A value for inputs: what a schema names, by type; not every bound is kept. */
function valueOf(schema: Schema, chance: Seeded): Json {
  const { type, properties, required, items, enum: allowed } = schema;
  if (schema["default"] !== undefined) return schema["default"];
  if (Array.isArray(allowed)) return allowed[0] ?? null;
  switch (Array.isArray(type) ? type[0] : type) {
    case "string":
      return chance.pick(["a", "b", ""]);
    case "number":
    case "integer":
      return chance.whole(0, 5);
    case "boolean":
      return chance.maybe(0.5);
    case "array":
      return Array.from({ length: chance.whole(0, 3) }, () => valueOf((items ?? {}) as Schema, chance));
    case "object": {
      const needed = Array.isArray(required) ? required : [];
      const fields = Object.entries((properties ?? {}) as JsonObject).filter(
        ([name]) => needed.includes(name) || chance.maybe(0.5),
      );
      return Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field as Schema, chance)]));
    }
    default:
      return null;
  }
}
