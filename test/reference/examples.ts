/** What examples may name; `plan`, `check` and the inputs stand around every example of a step. */
export const world = { functions: ["audit"], assignments: ["create-plan"], roles: ["reviewers"] } as const;

/** One line of a workflow file, and the lines without which it would mean nothing. */
export interface FieldExample {
  readonly line: string;
  readonly beside?: readonly string[];
}

/** Examples of the fields of one section, by the name of the field. */
export type FieldExamples = Readonly<Record<string, FieldExample>>;

const items = ["for_each: inputs.files"];
const review = ["approve: Publish it?", "by: [reviewers]"];

/** Fields of the file. */
export const fileExamples: FieldExamples = {
  workflow: { line: "workflow: docs-audit" },
  name: { line: "name: Audit of the documents" },
  description: { line: "description: Finds broken links and says who mends them." },
  labels: { line: "labels: { team: docs }" },
  inputs: { line: "inputs: { files: [string], strict: boolean, note?: string }" },
  output: { line: "output: ${plan.output.title}" },
  env: { line: "env: [HOME_URL]" },
  defaults: { line: "defaults: { timeout: 2m, on_failure: continue }" },
  mode: { line: "mode: parallel" },
  steps: { line: "steps: [{ function: audit }]" },
};

/** Fields of `defaults`. */
export const defaultsExamples: FieldExamples = {
  retry: { line: "retry: { max: 4 }" },
  timeout: { line: "timeout: 2m" },
  on_failure: { line: "on_failure: continue" },
};

/** Fields of `retry`. */
export const retryExamples: FieldExamples = {
  max: { line: "max: 4" },
  backoff: { line: "backoff: fixed" },
  delay: { line: "delay: 500ms" },
  factor: { line: "factor: 3" },
  max_delay: { line: "max_delay: 5m" },
  jitter: { line: "jitter: false" },
  total: { line: "total: 2h" },
};

/** Fields of `loop`, around the step `inner`. */
export const loopExamples: FieldExamples = {
  max_iters: { line: "max_iters: 5" },
  stop_when: { line: "stop_when: inner.output.good" },
  next_stage: { line: "next_stage: '\"inner\"'" },
  fallback_next_stage: { line: "fallback_next_stage: inner" },
  on_exhausted: { line: "on_exhausted: continue" },
};

/** Fields of a step; without a verb beside them they stand on the first verb that has them. */
export const stepExamples: FieldExamples = {
  id: { line: "id: links" },
  title: { line: 'title: "Audit of ${plan.output.title}"' },
  needs: { line: "needs: [plan, check]" },
  if: { line: "if: inputs.strict && size(inputs.files) > 0" },
  else: { line: "else: check" },
  run_on: { line: "run_on: always" },
  for_each: { line: "for_each: inputs.files" },
  as: { line: "as: file", beside: items },
  key: { line: "key: item", beside: items },
  max_parallel: { line: "max_parallel: 4", beside: items },
  loop: { line: "loop: { max_iters: 5, stop_when: inner.output.good }" },
  mode: { line: "mode: parallel" },
  with: { line: 'with: { title: "${plan.output.title}" }' },
  output: { line: "output: { words: integer, broken: [string] }" },
  retry: { line: "retry: { max: 4, delay: 2s }" },
  retries: { line: "retries: 4" },
  retry_backoff: { line: "retry_backoff: 2" },
  timeout: { line: "timeout: 90s" },
  on_failure: { line: "on_failure: continue" },
  by: { line: "by: [reviewers, local:ada]", beside: ["approve: Publish it?"] },
  quorum: { line: "quorum: all", beside: review },
  show: { line: "show: ${plan.output}", beside: review },
  editable: { line: "editable: [title]", beside: [...review, "show: ${plan.output}"] },
  on_timeout: { line: "on_timeout: reject", beside: [...review, "timeout: 2d"] },
  on_reject: { line: "on_reject: continue", beside: review },
};

/** A step for each verb. */
export const verbExamples: Readonly<Record<string, readonly string[]>> = {
  function: [
    "- id: links",
    "  function: audit",
    '  with: { files: "${inputs.files}" }',
    "  output: { broken: [string] }",
  ],
  assignment: ["- id: draft", "  assignment: create-plan", "  timeout: 10m"],
  set: ["- id: summary", "  set:", '    title: "Audit of ${plan.output.title}"', '    files: "${size(inputs.files)}"'],
  do: [
    "- id: each",
    "  for_each: inputs.files",
    "  as: file",
    "  do:",
    "    - id: read",
    "      function: audit",
    '      with: { file: "${file}" }',
    "    - id: note",
    '      set: { file: "${file}", found: "${read.output}" }',
  ],
  approve: [
    "- id: review",
    "  approve: Publish '${plan.output.title}'?",
    "  by: [reviewers]",
    "  show: ${plan.output}",
    "  editable: [title]",
    "  timeout: 2d",
    "  on_timeout: reject",
  ],
  wait: ["- id: pause", "  wait: 30s"],
  fail: ["- id: stop", "  if: size(inputs.files) == 0", "  fail: There is nothing to audit."],
};
