/** Ends well, at once. */
export const fine = `workflow: fine
inputs:
  who: { type: string, default: you }
  times: { type: integer, default: 2 }
steps:
  - id: greet
    set: { text: "hello \${inputs.who}", twice: "\${inputs.times * 2}" }
output: \${greet.output}
`;

/** Fails, at once. */
export const failing = `workflow: failing
steps:
  - id: give_up
    fail: nothing works
`;

/** Asks once. */
export const asking = `workflow: asking
steps:
  - id: offer
    set: { title: Draft, pages: 3 }
  - id: review
    approve: Print \${offer.output.pages} pages?
    by: [requester]
    show: \${offer.output}
    editable: [title, pages]
output: \${review.output}
`;

/** Asks, and does something else meanwhile. */
export const busyAsking = `workflow: busy-asking
mode: parallel
steps:
  - id: rest
    wait: 4s
  - id: review
    approve: Go on?
    by: [requester]
output: \${review.status}
`;

/** Waits for a long time. */
export const waiting = `workflow: waiting
steps:
  - id: rest
    wait: 1h
`;

/** Has errors. */
export const wrong = `workflow: wrong
steps:
  - id: a
    needs: [b]
    set: { x: 1 }
`;

/** Needs an input. */
export const needy = `workflow: needy
inputs: { name: string }
steps:
  - id: a
    set: { x: "\${inputs.name}" }
`;

/** One call after the other; each leaves a line in \`reports/calls.txt\` when it is over. */
export const counting = `workflow: counting
steps:
  - id: count
    for_each: '[1, 2, 3, 4, 5, 6]'
    as: n
    key: n
    max_parallel: 1
    function: note
    with: { n: "\${n}" }
output: \${count.output}
`;

/** The function of \`counting\`. */
export const note = `import { appendFileSync, mkdirSync } from "node:fs";
export default async function run(ctx) {
  mkdirSync("reports", { recursive: true });
  appendFileSync("reports/calls.txt", "begin " + ctx.input.n + "\\n");
  await new Promise((resolve) => setTimeout(resolve, 250));
  appendFileSync("reports/calls.txt", "end " + ctx.input.n + "\\n");
  ctx.logger.action("noted " + ctx.input.n);
  return { output: ctx.input.n };
}
`;

/** All of them, under the names that the tests use. */
export const workflows: Readonly<Record<string, string>> = {
  "fine.workflow.yml": fine,
  "failing.workflow.yml": failing,
  "asking.workflow.yml": asking,
  "busy.workflow.yml": busyAsking,
  "waiting.workflow.yml": waiting,
  "wrong.workflow.yml": wrong,
  "needy.workflow.yml": needy,
  "counting.workflow.yml": counting,
  "functions/note.mjs": note,
};
