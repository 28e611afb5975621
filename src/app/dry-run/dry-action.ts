import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Schema, StepPlan } from "../../language/plan.ts";
import { sampleOf } from "../../language/schema/sample.ts";
import type { Action } from "../../ports/action.ts";
import type { Fixtures } from "./fixtures.ts";
import type { Places } from "./places.ts";

/** What a step gave that nobody had written down. */
export interface Sampled {
  /** The step, by its path without items and iterations. */
  readonly step: string;
  /** `type`: a sample of the type of its output. `null`: that type is not known. */
  readonly of: "type" | "null";
}

/** The samples that were given, each step once. */
export interface Samples {
  /** A sample of a schema for a step; null without one. */
  take(path: string, schema: Schema | undefined): Json;
  readonly taken: readonly Sampled[];
}

/** Samples of a dry run. */
export function createSamples(): Samples {
  const taken = new Map<string, Sampled>();
  return {
    take(path, schema) {
      const step = path.replaceAll(/@\d+|\[[^\]]*\]/g, "");
      taken.set(step, { step, of: schema === undefined ? "null" : "type" });
      return schema === undefined ? null : sampleOf(schema);
    },
    get taken() {
      return [...taken.values()];
    },
  };
}

/** An action that calls nothing: it answers with what was written down, else with samples. */
export function createDryAction(
  places: Places,
  answers: { readonly fixtures: Fixtures; readonly samples: Samples },
): Action {
  return {
    async run({ key, path }) {
      const { path: place, step } = places.stepAt(key.run, path);
      const fixture = answers.fixtures.of(place, step);
      if (fixture?.kind === "failure") throw new RunwrightError(fixture.code, fixture.message);
      return { output: fixture === undefined ? answers.samples.take(place, outputOf(step)) : fixture.value };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A model that is asked for nothing else gives text. */
function outputOf({ output, verb }: StepPlan): Schema | undefined {
  return output ?? (verb.kind === "llm" ? { type: "string" } : undefined);
}
