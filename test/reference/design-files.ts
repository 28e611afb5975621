/** Files that between them use the whole of the language, as people would write them. */
export const designFiles: Readonly<Record<string, string>> = {
  "mail with a gate and a write": `workflow: sort-mail
on:
  webhook:
    path: /mail
    auth: { hmac: "\${secrets.MAIL_KEY}" }
    dedupe: \${trigger.body.id}
    inputs: { text: "\${trigger.body.text}" }
inputs:
  text: string
secrets: [MAIL_KEY]
models:
  fast: anthropic/claude-haiku-4-5-20251001
connectors:
  desk: { use: zendesk@3.2.0, with: { password: "\${secrets.MAIL_KEY}" } }
limits: { cost_usd: 0.50, runtime: 1h, on_budget: fail }
steps:
  - id: classify
    llm: fast
    prompt: |
      What is this about?
      \${inputs.text}
    output:
      kind: { enum: [bug, question, spam] }
      words?: [string]
    retry: { max: 4, backoff: exponential, delay: 2s }
    timeout: 60s
  - id: review
    if: classify.output.kind != "spam"
    approve: File as \${classify.output.kind}?
    by: [leads]
    show: \${classify.output}
    editable: [kind]
    timeout: 48h
    on_timeout: { escalate: [heads], timeout: 1d }
    on_changes: { redo: classify, max: 2 }
    remind: 1d
  - id: write
    needs: [review]
    tool: desk.update_ticket
    with:
      tags: ["\${review.output.kind}"]
    undo: { tool: desk.update_ticket, with: "\${receipt.before}" }
output:
  receipt: \${write.receipt.remote_id}
`,
  "documents and scopes": `workflow: documents
models: { strong: anthropic/claude-opus-4-5-20251101 }
documents:
  backlog:
    accept: { by: [owner, lead], quorum: all }
    schema: { epics: [{ id: string, title: string }] }
  design:
    scope: epic
    schema: { parts: [string] }
entities:
  epic: { from: backlog.epics, key: id }
steps:
  - id: plan
    llm: strong
    prompt: Split it.
    document: backlog
  - id: designs
    for_each: docs.backlog.epics
    as: epic
    scope: epic
    max_parallel: 2
    do:
      - id: design
        llm: [strong, other]
        pick: { best: strong }
        prompt: Design \${epic.title}.
        document: design
        cache: { ttl: 30d }
  - id: again
    iterate_over: { document: backlog, collection: epics, entity: epic }
    set: { title: "\${epic.title}" }
output: \${designs.output}
`,
  "agents in a loop": `workflow: cycle
inputs: { task: string }
agents:
  architect: { use: claude-code@2.1.14, model: anthropic/claude-opus-4-5-20251101 }
  builder: codex@0.63.0
defaults:
  retry: { max: 2, delay: 5s, max_delay: 2m }
limits: { runtime: 4h, cost_usd: 20, tokens: 3000000 }
steps:
  - id: cycle
    loop: { max_iters: 5, stop_when: check.output.good && true, fallback_next_stage: code }
    do:
      - id: code
        provider: builder
        workspace: worktree
        role: coder
        skills: [typescript]
        prompt: \${json(iter.last.check)}
        output: { branch: string }
        on_failure: retry
        retries: 2
        ask: { by: [requester], max: 2 }
      - id: check
        mode: parallel
        do:
          - id: a
            agent: architect
            prompt: Review \${code.output.branch}
            output: { good: boolean }
        output:
          good: \${a.output.good}
`,
  "schedule, plan and waits": `id: dynamic
triggers:
  schedule: [{ cron: "0 7 * * 1-5", timezone: Europe/Berlin, overlap: skip }, { every: 1h }]
  event: { type: order.paid, match: event.data.total > 5 }
  workflow: { id: other, status: [completed, failed] }
  manual: false
connectors: { mail: smtp@1.3.0 }
models: { planner: anthropic/claude-opus-4-5-20251101 }
concurrency: { key: inputs.who, max: 1, when_full: cancel_oldest }
policy: { auto_write: true }
retain: metadata
env: [HOME_URL]
labels: { team: docs, level: 3 }
inputs:
  who: { type: string, minLength: 1, default: ada }
  cities: { type: array, items: string }
steps:
  - id: work
    plan: planner
    goal: \${inputs.who}
    allow: { tools: [mail.*], models: [planner], max_steps: 20 }
    review: when_writes
    accept_blind: true
    by: [requester]
  - id: pause
    wait: { event: answer, match: event.data.ok, timeout: 2d, on_timeout: continue }
  - id: child
    workflow: other@3
    with: "\${inputs}"
    detach: true
  - id: stop
    condition: "true"
    depends_on: child
    fail: Nothing to do.
output: \${work.output}
`,
};
