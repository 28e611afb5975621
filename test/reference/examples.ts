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
  on: { line: 'on: { schedule: { cron: "0 7 * * 1-5", inputs: { files: [README.md], strict: true } } }' },
  models: { line: "models: { fast: anthropic/claude-haiku-4-5-20251001 }" },
  connectors: { line: "connectors: { desk: zendesk@3.2.0 }" },
  agents: { line: "agents: { coder: codex@0.63.0 }" },
  documents: { line: "documents: { backlog: { schema: { epics: [{ id: string, title: string }] } } }" },
  entities: { line: "entities: { epic: { from: backlog.epics, key: id } }" },
  secrets: { line: "secrets: [DESK_KEY]" },
  retain: { line: "retain: metadata" },
  limits: { line: "limits: { cost_usd: 20, runtime: 4h }" },
  concurrency: { line: "concurrency: { max: 1, when_full: queue }" },
  policy: { line: "policy: { auto_write: true }" },
  defaults: { line: "defaults: { timeout: 2m, on_failure: continue }" },
  mode: { line: "mode: parallel" },
  steps: { line: "steps: [{ function: audit }]" },
};

/** Fields of `defaults`. */
export const defaultsExamples: FieldExamples = {
  retry: { line: "retry: { max: 4 }" },
  timeout: { line: "timeout: 2m" },
  on_failure: { line: "on_failure: continue" },
  runs_on: { line: "runs_on: [linux]" },
  cache: { line: "cache: { ttl: 1d }" },
  sensitive: { line: "sensitive: true" },
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
  on: { line: "on: [step.timeout]" },
  except: { line: "except: [step.timeout]" },
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
  on_changes: { line: "on_changes: { redo: plan, max: 2 }" },
  form: { line: "form: { note: string }" },
  remind: { line: "remind: 1d" },
  scope: { line: "scope: file", beside: ["for_each: inputs.files", "as: file"] },
  iterate_over: { line: "iterate_over: { document: backlog, collection: epics, entity: epic }" },
  document: { line: "document: notes" },
  cache: { line: "cache: { ttl: 1d }" },
  sensitive: { line: "sensitive: true" },
  runs_on: { line: "runs_on: [linux]" },
  idempotency_key: { line: 'idempotency_key: "docs-${plan.output.title}"' },
  undo: { line: 'undo: { tool: desk.update_ticket, with: "${receipt.before}" }' },
  accept_blind: { line: "accept_blind: true", beside: ["tool: mail.send", "with: { to: ada@example.com }"] },
  detach: { line: "detach: true" },
  prompt: { line: 'prompt: "Summarise ${size(inputs.files)} files."' },
  system: { line: "system: Answer in one sentence." },
  messages: { line: "messages: [{ role: user, content: Hello }]" },
  tools: { line: "tools: [desk.get_ticket]" },
  temperature: { line: "temperature: 0.2" },
  max_tokens: { line: "max_tokens: 2000" },
  ask: { line: "ask: { by: [requester], max: 2 }" },
  pick: { line: "pick: first", beside: ["llm: [fast, deep]", "prompt: Summarise the files."] },
  role: { line: "role: reviewer" },
  profile: { line: "profile: careful" },
  skills: { line: "skills: [typescript, git]" },
  workspace: { line: "workspace: worktree" },
  max_turns: { line: "max_turns: 40" },
  goal: { line: 'goal: "Audit ${size(inputs.files)} files."' },
  allow: { line: "allow: { tools: [desk.*], models: [fast], max_steps: 10 }" },
  strategy: { line: "strategy: reactive" },
  review: { line: "review: always" },
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
  llm: [
    "- id: summarise",
    "  llm: fast",
    "  prompt: |",
    "    Say in two sentences what these files are about:",
    "    ${json(inputs.files)}",
    "  output: { text: string, good: boolean }",
    "  timeout: 60s",
  ],
  agent: [
    "- id: mend",
    "  agent: coder",
    "  workspace: worktree",
    '  prompt: "Mend the links in: ${json(inputs.files)}"',
    "  output: { branch: string }",
  ],
  tool: [
    "- id: file",
    "  tool: desk.update_ticket",
    '  with: { id: "7", tags: ["${plan.output.title}"] }',
    '  undo: { tool: desk.update_ticket, with: "${receipt.before}" }',
  ],
  workflow: ["- id: archive", "  workflow: archive@3"],
  plan: [
    "- id: work",
    "  plan: fast",
    "  goal: Answer the ticket.",
    "  allow: { tools: [desk.*], models: [fast], max_steps: 10 }",
    "  review: when_writes",
    "  by: [leads]",
  ],
  fail: ["- id: stop", "  if: size(inputs.files) == 0", "  fail: There is nothing to audit."],
};
