import { tmpdir } from "node:os";
import { openDryApp } from "../../src/app/dry-run/dry-app.ts";
import type { WholeVersion } from "../../src/app/versions.ts";
import { RunwrightError } from "../../src/base/error.ts";
import { digestText } from "../../src/base/digest.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import type { Plan } from "../../src/language/plan.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { ActionCall } from "../../src/ports/action.ts";
import { stage } from "../engine/stage.ts";

/** What a run looked like: the kind and the path of each event, in order. */
export type Shape = readonly string[];

/** A real run, and what each of its calls gave, as fixtures. */
export interface RealRun {
  readonly shape: Shape;
  readonly fixtures: JsonObject;
}

const roundsMax = 500;
const yearMs = 366 * 86_400_000;
const person = { id: "somebody", roles: ["*"] };
const startMs = 1_700_000_000_000;

/** Carries a plan out, with functions that answer by the path they are called at and a person who accepts at once. */
export async function realRun(plan: Plan, answer: (call: ActionCall) => Json | RunwrightError): Promise<RealRun> {
  const fixtures: Record<string, Json> = {};
  const shape: string[] = [];
  const made = await stage(async (call) => {
    const given = answer(call);
    const isFailure = given instanceof RunwrightError;
    fixtures[call.path] = isFailure ? { error: { code: given.code, message: given.message } } : given;
    if (isFailure) throw given;
    return { output: given };
  });
  using _people = made.engine.subscribe(({ key, events }) => {
    for (const event of events) {
      shape.push(shapeOf(event));
      if (event.kind === "gate.opened")
        void made.engine.decide(key, person, { path: event.path, outcome: "accepted" }).catch(() => undefined);
    }
  });
  const { version } = versionOf(plan);
  const starting = made.engine.start({
    scope: { tenant: "local", workspace: "default" },
    principal: person,
    version,
    input: {},
    env: {},
  });
  await made.settle();
  const { key } = (await starting).row;
  for (let round = 0; round < roundsMax; round += 1) {
    if ((await made.row(key)).summary.endedAt !== undefined) break;
    made.clock.runNext(yearMs);
    await made.settle();
  }
  const stopping = made.engine.stop();
  await made.settle();
  await stopping;
  return { shape, fixtures };
}

/** Plays a plan through. */
export async function dryRun(plan: Plan, fixtures: JsonObject): Promise<Shape> {
  const shape: string[] = [];
  const folder = `${tmpdir()}/never-made`;
  const config = {
    root: folder,
    file: undefined,
    data: folder,
    roles: {},
    providers: {},
    prices: [],
    policy: undefined,
    secrets: {},
    connectors: { shellCommands: [], fileRoots: [], allowHosts: [] },
    origins: { data: "default", roles: "default" },
  } as const;
  const source = { file: "fixtures.json", text: JSON.stringify(fixtures) };
  await using app = await openDryApp(config, versionOf(plan), { env: {}, fixtures: source, startMs });
  using _heard = app.subscribe(({ events }) => shape.push(...events.map(shapeOf)));
  const { key } = await app.start(versionOf(plan), {}, {});
  await app.settled(key.run, new AbortController().signal);
  return shape;
}

/** The version of a plan that was made by no compiler. */
function versionOf(plan: Plan): WholeVersion {
  const digest = digestText(JSON.stringify(plan));
  return { version: { digest, workflow: plan.workflow, draft: true, file: "w.yml", source: "", plan }, parts: [] };
}

function shapeOf(event: RunEvent): string {
  return `${event.kind} ${"path" in event ? event.path : ""}`;
}
