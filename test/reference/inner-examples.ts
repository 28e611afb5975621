import type { FieldExamples } from "./examples.ts";

const inputs = "inputs: { files: [README.md], strict: true }";

/** The document that the step `collect` gives. */
export const backlog = "{ schema: { epics: [{ id: string, title: string }] } }";

export const onExamples: FieldExamples = {
  manual: { line: "manual: false" },
  webhook: { line: `webhook: { path: /mail, auth: { token: "\${secrets.DESK_KEY}" }, ${inputs} }` },
  schedule: { line: `schedule: { cron: "0 7 * * 1-5", ${inputs} }` },
  event: { line: `event: { type: order.paid, ${inputs} }` },
  workflow: { line: `workflow: { id: archive, ${inputs} }` },
};

export const webhookExamples: FieldExamples = {
  path: { line: "path: /support-mail" },
  auth: { line: 'auth: { hmac: "${secrets.DESK_KEY}" }' },
  dedupe: { line: "dedupe: trigger.body.message_id" },
  inputs: { line: 'inputs: { files: "${trigger.body.files}", strict: true }' },
  respond: { line: "respond: output" },
};

export const authExamples: FieldExamples = {
  hmac: { line: 'hmac: "${secrets.DESK_KEY}"' },
  scheme: { line: "scheme: github", beside: ['hmac: "${secrets.DESK_KEY}"'] },
  token: { line: 'token: "${secrets.DESK_KEY}"' },
};

export const scheduleExamples: FieldExamples = {
  cron: { line: 'cron: "0 7 * * 1-5"' },
  every: { line: "every: 1h", beside: [inputs] },
  timezone: { line: "timezone: Europe/Berlin" },
  overlap: { line: "overlap: queue" },
  catchup: { line: "catchup: all" },
  inputs: { line: inputs },
};

export const eventExamples: FieldExamples = {
  type: { line: "type: order.paid" },
  match: { line: "match: trigger.data.total > 100" },
  inputs: { line: 'inputs: { files: "${trigger.data.files}", strict: true }' },
};

export const otherExamples: FieldExamples = {
  id: { line: "id: archive" },
  status: { line: "status: [completed, failed]" },
  inputs: { line: inputs },
};

export const connectorExamples: FieldExamples = {
  use: { line: "use: zendesk@3.2.0" },
  with: { line: 'with: { password: "${secrets.DESK_KEY}" }' },
};

export const agentExamples: FieldExamples = {
  use: { line: "use: claude-code@2.1.14" },
  model: { line: "model: anthropic/claude-opus-4-5-20251101" },
};

export const documentExamples: FieldExamples = {
  schema: { line: "schema: { text: string }" },
  scope: { line: "scope: epic" },
  accept: { line: "accept: { by: [reviewers] }" },
};

export const acceptExamples: FieldExamples = {
  by: { line: "by: [reviewers, leads]" },
  quorum: { line: "quorum: all" },
  timeout: { line: "timeout: 2d", beside: ["by: [reviewers]", "on_timeout: reject"] },
  on_timeout: { line: "on_timeout: fail", beside: ["by: [reviewers]", "timeout: 2d"] },
  on_reject: { line: "on_reject: fail" },
  on_changes: { line: "on_changes: { max: 2 }" },
};

export const entityExamples: FieldExamples = {
  from: { line: "from: backlog.epics" },
  key: { line: "key: id" },
};

export const limitsExamples: FieldExamples = {
  runtime: { line: "runtime: 4h" },
  deadline: { line: "deadline: 7d" },
  steps: { line: "steps: 500" },
  depth: { line: "depth: 3" },
  tokens: { line: "tokens: 3000000" },
  cost_usd: { line: "cost_usd: 20" },
  parallel: { line: "parallel: 8" },
  on_budget: { line: "on_budget: fail", beside: ["cost_usd: 20"] },
};

export const concurrencyExamples: FieldExamples = {
  key: { line: 'key: "${inputs.files[0]}"' },
  max: { line: "max: 3" },
  when_full: { line: "when_full: cancel_oldest" },
};

export const policyExamples: FieldExamples = { auto_write: { line: "auto_write: true" } };

export const iterateExamples: FieldExamples = {
  document: { line: "document: backlog" },
  collection: { line: "collection: epics" },
  entity: { line: "entity: epic" },
  scope: { line: "scope: epic" },
};

export const cacheExamples: FieldExamples = {
  ttl: { line: "ttl: 30d" },
  key: { line: "key: size(inputs.files)" },
  store: { line: "store: metadata" },
};

export const undoExamples: FieldExamples = {
  tool: { line: "tool: desk.update_ticket", beside: ['with: "${receipt.before}"'] },
  with: { line: 'with: "${receipt.before}"' },
};

export const askExamples: FieldExamples = {
  by: { line: "by: [requester]" },
  max: { line: "max: 3" },
  timeout: { line: "timeout: 2d", beside: ["by: [requester]", "on_timeout: continue"] },
  on_timeout: { line: "on_timeout: continue", beside: ["by: [requester]", "timeout: 2d"] },
};

export const pickExamples: FieldExamples = { best: { line: "best: deep" } };

export const allowExamples: FieldExamples = {
  tools: { line: "tools: [desk.*]" },
  functions: { line: "functions: [audit]" },
  agents: { line: "agents: [coder]" },
  models: { line: "models: [fast]" },
  max_steps: { line: "max_steps: 10" },
};

export const waitExamples: FieldExamples = {
  until: { line: 'until: "2030-01-31T09:00:00Z"', beside: [] },
  event: { line: "event: answer" },
  match: { line: "match: event.data.good == true" },
  timeout: { line: "timeout: 7d" },
  on_timeout: { line: "on_timeout: continue", beside: ["event: answer", "timeout: 7d"] },
};

export const escalateExamples: FieldExamples = {
  escalate: { line: "escalate: [leads]" },
  timeout: { line: "timeout: 1d" },
};

export const onChangesExamples: FieldExamples = {
  redo: { line: "redo: plan" },
  max: { line: "max: 2" },
};
