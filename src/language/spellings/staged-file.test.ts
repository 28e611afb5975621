import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Json, JsonObject } from "../../base/json.ts";
import { compileWorkflow, type CompiledWorkflow } from "../compile.ts";
import { createProblems } from "../problems.ts";
import { loadSource } from "../source/load.ts";
import { toJson } from "../source/tree.ts";
import { nativeTree } from "./native-tree.ts";

const pins = { models: {}, connectors: {}, agents: { "claude-code": "claude-code@2.1.14", codex: "codex@0.63.0" } };
const world = { functions: [], assignments: [], roles: [], pins };

function treeOf(text: string, file = "feature.workflow.yml"): JsonObject {
  const problems = createProblems(text);
  const root = loadSource({ file, text }, problems);
  const native = root === undefined ? undefined : nativeTree(root, { file, text }, problems);
  assert.deepEqual(
    problems.inOrder(() => ""),
    [],
  );
  assert.ok(native?.kind === "map");
  return toJson(native) as JsonObject;
}

const samples = process.env["RUNWRIGHT_SAMPLES"];

/** The one group of a file of stages. */
function groupOf(text: string): { readonly id: string; readonly loop: JsonObject; readonly do: readonly JsonObject[] } {
  const [group] = treeOf(text)["steps"] as readonly [Json];
  return group as unknown as ReturnType<typeof groupOf>;
}

const compiled = (text: string): CompiledWorkflow => compileWorkflow({ file: "feature.workflow.yml", text }, world);

function said(text: string): readonly string[] {
  return compiled(text).diagnostics.map(
    ({ code, message, range }) => `${code} ${message} @ ${text.slice(range.start, range.end)}`,
  );
}

const feature = `workflow:
  name: Feature work
  description: From a plan to a check
  isDefault: true
  stages:
    - plan
    - code
    - check
  loop:
    max_iters: 5
    fallback_next_stage: plan
    stop_when: "$.done == true"
limits: { cost_usd: 5 }

plan:
  provider: claude-code
  role: architect
  profile: simple
  skills: [classify]
  on_failure: stop
code:
  provider: codex
  mode: sequential
  on_failure: continue
  retries: 2
  retry_backoff: 5
  workspace: worktree
  prompt: Do \${vars.task}
check: gate
`;

test("stages are one group with the loop, and each stage is a step of its agent", () => {
  const tree = treeOf(feature, "/x/.orch/workflows/feature.workflow.yml");
  const { steps, ...file } = tree;
  assert.deepEqual(file, {
    workflow: "feature",
    name: "Feature work",
    description: "From a plan to a check",
    labels: { isDefault: true },
    inputs: { type: "object", additionalProperties: true },
    limits: { cost_usd: 5 },
    output: "${stages.output}",
  });
  const [group, ...others] = steps as readonly [JsonObject];
  assert.deepEqual(others, []);
  const [plan, code, check] = group["do"] as readonly [JsonObject, JsonObject, JsonObject];
  assert.deepEqual(group["loop"], {
    max_iters: 5,
    fallback_next_stage: "plan",
    stop_when: "check.output.done == true",
  });
  assert.deepEqual(
    { ...plan, prompt: "" },
    {
      id: "plan",
      provider: "claude-code",
      role: "architect",
      profile: "simple",
      skills: ["classify"],
      on_failure: "stop",
      prompt: "",
    },
  );
  assert.deepEqual(code, {
    id: "code",
    role: "coder",
    provider: "codex",
    on_failure: "continue",
    retries: 2,
    retry_backoff: 5,
    workspace: "worktree",
    prompt: "Do ${vars.task}",
  });
  assert.deepEqual(
    { ...check, prompt: "", output: Object.keys(check["output"] as JsonObject) },
    {
      id: "check",
      provider: "claude-code",
      role: "checker",
      profile: "gate",
      prompt: "",
      output: ["done", "quality_score", "summary", "issues?", "recommended_next_stage?"],
    },
  );
  assert.deepEqual(said(feature), []);
});

test("a stage without a prompt is told what was asked, what the stages before gave and how the last iteration ended", () => {
  const prompt = JSON.stringify(groupOf(feature).do[2]?.["prompt"]);
  for (const part of [
    "json(vars)",
    "json(default(plan.output, null))",
    "json(default(code.output, null))",
    "json(iter.last)",
  ])
    assert.ok(prompt.includes(part), part);
  const once = groupOf("stages: [plan, code]\n").do.map((stage) => JSON.stringify(stage["prompt"]));
  assert.ok(!once.some((text) => text.includes("iter.last")));
  assert.ok(!once[0]?.includes("code.output"));
});

test("a file without a loop goes through its stages once, and a custom stage has no role of its own", () => {
  const { loop, do: stages, id } = groupOf("name: Once\nstages: [stages, write-docs]\n");
  assert.equal(loop, undefined);
  assert.equal(id, "stages_2");
  assert.deepEqual(
    stages.map(({ role }) => role),
    [undefined, undefined],
  );
  assert.deepEqual(said("stages: [stages, write-docs]\n"), []);
});

test("stop_when takes a path, a comparison or an expression, and min_iterations holds it back", () => {
  const stop = (when: string, config = ""): Json | undefined =>
    groupOf(
      `stages: [plan, check]\nloop: { max_iters: 9, stop_when: ${when} }\nstageConfigs: { plan: {}, ${config} }\n`,
    ).loop["stop_when"];
  assert.equal(stop("$.done"), "check.output.done");
  assert.equal(stop("$.quality_score >= 80"), "check.output.quality_score >= 80");
  assert.equal(stop(`"$.summary === 'fine'"`), "check.output.summary == 'fine'");
  assert.equal(stop("plan.output == 'x'"), "plan.output == 'x'");
  assert.equal(stop('"${plan.output.done}"'), "${plan.output.done}");
  assert.equal(stop("$.done", "check: { min_iterations: 3 }"), "(check.output.done) && iter.n >= 3");
  assert.equal(stop('"${plan.output.done}"', "check: { min_iterations: 3 }"), "(plan.output.done) && iter.n >= 3");
  assert.deepEqual(groupOf("stages: [plan, review, code]\nloop: { max_iters: 2, stop_when: $.done }\n").loop, {
    max_iters: 2,
    stop_when: "review.output.done",
  });
});

test("what cannot be is said where it stands", () => {
  const text = `workflow:
  name: Odd
  stages: [plan, code, Check It, plan]
  loops: 3
  loop: { max_iters: 2, stop_when: '$[?(@.done==true)]' }
limits: { cost_usd: 5 }
plan: { provider: claude-code, promt: x }
cod: simple
code: [a]
Check It: { mode: paralel, min_iterations: 5 }
other: 1
`;
  assert.deepEqual(said(text), [
    "E012 'Check It' is not a step id @ Check It",
    "E024 step id 'plan' is used twice @ plan",
    "E010 unknown key 'loops' in workflow @ loops",
    "E300 stop_when: '$[?(@.done==true)]' is not a path to one value @ $[?(@.done==true)]",
    "E010 unknown key 'promt' in an agent step @ promt",
    "E010 'cod' is no stage of this workflow @ cod",
    "E015 stage 'code' is a map of fields, or the name of a profile, not a list @ [a]",
    "E015 mode is sequential or parallel, not 'paralel' @ paralel",
    "E015 min_iterations 5 is more than the 2 iterations of the loop @ 5",
    "E010 'other' is no stage of this workflow @ other",
  ]);
});

test("a place in a condition that is held back is where it was written", () => {
  const text = `stages: [plan, check]
limits: { cost_usd: 5 }
loop: { max_iters: 4, stop_when: "\${ run.id == 'x' && plam.output.done }" }
stageConfigs: { check: { min_iterations: 2 } }
`;
  assert.deepEqual(said(text), ["E301 step 'stages', stop_when: unknown name 'plam' @ plam"]);
});

test("a file of stages has stages, and not too many", () => {
  assert.deepEqual(said("workflow: { name: x }\n"), ["E015 this workflow has no stages @ workflow"]);
  assert.deepEqual(said("workflow: { name: x, stagse: [plan] }\n"), ["E010 unknown key 'stagse' in workflow @ stagse"]);
  assert.deepEqual(said("stages: []\n"), ["E015 stages is a list of at least one stage, not a list @ []"]);
  const many = Array.from({ length: 51 }, (_, n) => `s${n}`).join(", ");
  assert.deepEqual(said(`stages: [${many}]\n`), ["E015 a workflow has at most 50 stages, but this one 51 @ stages"]);
});

test("several providers of a stage are candidates, and the strategy chooses among their results", () => {
  const stage = (config: string): JsonObject | undefined =>
    groupOf(`stages: [code]\nstageConfigs: { code: { prompt: Go, ${config} } }\n`).do[0];
  const two = "providers: [{ provider: claude-code, role: builder }, { provider: codex, role: builder }]";
  const step = { id: "code", prompt: "Go", agent: ["claude-code", "codex"], pick: "all", role: "builder" };
  assert.deepEqual(stage(two), step);
  assert.deepEqual(stage(`mode: parallel, parallel_strategy: race, ${two}`), { ...step, pick: "first" });
  assert.deepEqual(stage(`parallel_strategy: majority, role: coder, ${two}`), {
    ...step,
    pick: "majority",
    role: "coder",
  });
  const odd =
    "providers: [{ provider: codex, role: a }, { provider: claude-code, role: b, weight: 2 }, { role: a }, codex]";
  assert.deepEqual(
    said(`stages: [code]\nstageConfigs: { code: { mode: sequential, parallel_strategy: rase, ${odd} } }\n`),
    [
      "E015 several providers of a stage work side by side @ sequential",
      "E015 parallel_strategy is all, race or majority, not 'rase' @ rase",
      "E015 the providers of a stage have one role @ b",
      "E010 unknown key 'weight' in a provider @ weight",
      "E015 this provider has no name @ { role: a }",
      "E015 a provider is a map such as {provider: claude-code, role: coder}, not 'codex' @ codex",
    ],
  );
  assert.deepEqual(said("stages: [code]\nstageConfigs: { code: { parallel_strategy: all } }\n"), [
    "E015 'parallel_strategy' means nothing without providers @ parallel_strategy",
  ]);
});

test("min_iterations without a loop means nothing", () => {
  assert.deepEqual(said("stages: [check]\nstageConfigs: { check: { min_iterations: 2 } }\n"), [
    "E015 'min_iterations' means nothing without loop @ min_iterations",
  ]);
});

test(
  "real files of stages load as they are, but for the limits that a loop needs",
  { skip: samples === undefined ? "RUNWRIGHT_SAMPLES is not set" : false },
  () => {
    const files = ["orch-templates/workflows/default", "desktop/workflows/moonshot-lite"];
    for (const name of files) {
      const file = path.join(samples ?? "", "003", `${name}.workflow.yml`);
      const { diagnostics } = compileWorkflow({ file, text: readFileSync(file, "utf8") }, world);
      assert.deepEqual(
        diagnostics.filter(({ code }) => code !== "E072"),
        [],
        file,
      );
    }
  },
);
