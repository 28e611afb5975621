import type { Plan, StepPlan } from "../../language/plan.ts";
import type { Version } from "../../ports/catalog.ts";
import type { WholeVersion } from "../versions.ts";

/** A step as a path of a dry run means it. */
export interface NamedStep {
  readonly step: StepPlan;
  readonly plan: Plan;
}

/** The steps of a version and of all that it runs, by the names that a file of fixtures may give them. */
export interface StepNames {
  /** The step at a path: `build`, `cycle@2/code`, `deploy/notify` where `deploy` runs another workflow; undefined when there is none. */
  at(path: string): NamedStep | undefined;
  /** The versions of a run that a step starts, by `id@version`. */
  child(of: Version, named: string): Version | undefined;
  readonly ids: readonly string[];
  /** Steps with this id, in whichever file. */
  withId(id: string): readonly NamedStep[];
  /** True when some step calls this function or assignment. */
  calls(name: string): boolean;
}

/** The names of a version. */
export function stepNamesOf({ version, parts }: WholeVersion): StepNames {
  const byDigest = new Map([version, ...parts].map((each) => [each.digest, each]));
  const steps = new Map<string, NamedStep[]>();
  const called = new Set<string>();
  for (const { plan } of byDigest.values()) {
    for (const step of plan.steps) {
      const same = steps.get(step.id);
      if (same === undefined) steps.set(step.id, [{ step, plan }]);
      else same.push({ step, plan });
      if (step.verb.kind === "function" || step.verb.kind === "assignment") called.add(step.verb.name);
    }
  }
  return {
    at,
    child,
    ids: [...steps.keys()],
    withId,
    calls: (name) => called.has(name),
  };

  function child(of: Version, named: string): Version | undefined {
    return byDigest.get(of.runs?.[named] ?? "");
  }

  function at(path: string): NamedStep | undefined {
    let here: Version | undefined = version;
    let parent: number | undefined;
    let found: NamedStep | undefined;
    for (const segment of path.split("/")) {
      found = withId(stepIdOf(segment)).find(({ step, plan }) => plan === here?.plan && step.parent === parent);
      if (found === undefined || here === undefined) return undefined;
      const { verb, index } = found.step;
      parent = verb.kind === "workflow" ? undefined : index;
      if (verb.kind === "workflow") here = child(here, `${verb.workflow}@${verb.version}`);
    }
    return found;
  }

  function withId(id: string): readonly NamedStep[] {
    return steps.get(id) ?? [];
  }
}

/** The step that a segment of a path means: `code` of `code@2`, `audit` of `audit[a%2Emd]`. */
export function stepIdOf(segment: string): string {
  return segment.replace(/[@[].*$/, "");
}
