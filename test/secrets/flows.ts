// Flows made by number: each gives a secret to the other side and then has it come back on some way. A new way is a new row of one of these lists.
import { encodings } from "./canaries.ts";

/** What a flow is told; the same number gives the same flow. */
export interface Flow {
  /** Name of its file, without its ending. */
  readonly workflow: string;
  readonly input: { readonly name: string; readonly as: string; readonly desk: string; readonly echo: string };
}

/** What the connector does with an answer, and what a module does. */
const deskWays = ["output", "log", "fail", "break", "receipt", "failed receipt", "artifacts", "warn"];
const echoWays = [
  "output",
  "vars",
  "log",
  "print",
  "print in pieces",
  "print a long line",
  "throw",
  "throw a text",
  "receipt",
  "crash",
  "exit",
];

const desk = (id: string, how: string): string => call(id, "desk", how);
const echo = (id: string, how: string): string => call(id, "echo", how);

function call(id: string, name: string, how: string): string {
  return `  - id: ${id}
    function: ${name}
    with: { name: "\${inputs.name}", url: "\${inputs.url}/\${inputs.name}?as=\${inputs.as}", how: "${how}" }
    on_failure: continue
`;
}

const head = "inputs: { url: string, name: string, as: string, desk: string, echo: string }\nsteps:\n";
const give = desk("give", "quiet");

/** The files of all flows: what comes back is made, and then read on by what a run itself does. */
export const workflows: Readonly<Record<string, string>> = {
  calls: head + give + desk("one", "${inputs.desk}") + echo("two", "${inputs.echo}"),
  read: `${head}${give}${echo("answer", "output")}  - id: on
    set: { copy: "\${answer.output.text}", all: "\${answer.output}", json: "\${json(answer.output)}" }
  - id: each
    for_each: first(answer.output.list, [])
    as: item
    do:
      - id: inner
        set: { item: "\${item}" }
    on_failure: continue
${echo("two", "${inputs.echo}")}output: \${on.output}
`,
  keys: `${head}${give}${desk("answer", "output")}  - id: each
    for_each: '[string(first(answer.output, "none"))]'
    as: item
    key: item
    do:
${echo("inner", "${inputs.echo}").replaceAll(/^/gm, "    ").trimEnd()}
    on_failure: continue
`,
  fails: `${head}${give}${desk("answer", "output")}${echo("two", "${inputs.echo}")}  - id: last
    fail: it was \${string(first(answer.output, "nothing"))}
`,
  gate: `${head}${give}${desk("answer", "output")}${echo("two", "${inputs.echo}")}  - id: review
    approve: Is \${string(first(answer.output, "it"))} right?
    by: [requester]
    show: \${answer.output}
    timeout: 1s
    on_timeout: accept
`,
};

/** Flows of functions come first; behind them those that call tools and models, with each secret in each encoding. */
const functionFlows = 200;
const toolKinds = ["tools", "asks"];

/** How many flows there are. */
export const flowsMax: number = functionFlows + 80;

/** Where flows of tools and models begin. */
export const toolFlowsFrom: number = functionFlows;

function pick(list: readonly string[], at: number): string {
  return list[at % list.length] ?? "";
}

function toolFlowOf(number: number, names: readonly string[]): Flow {
  const turn = Math.floor(number / names.length);
  const as = pick(Object.keys(encodings), Math.floor(turn / toolKinds.length));
  return { workflow: pick(toolKinds, turn), input: { name: pick(names, number), as, desk: "", echo: "" } };
}

/** The flow of a number, over secrets of these names. */
export function flowOf(number: number, names: readonly string[]): Flow {
  if (number >= functionFlows) return toolFlowOf(number - functionFlows, names);
  // One file after the other: a process of the pool serves one of them at a time.
  const turn = Math.floor(number / 25);
  const kinds = Object.keys(workflows);
  const input = {
    name: pick(names, number),
    as: pick(Object.keys(encodings), Math.floor(number / names.length)),
    desk: pick(deskWays, Math.floor(number / 3)),
    echo: pick(echoWays, number),
  };
  return { workflow: pick(kinds, turn % 2 === 0 ? 0 : (turn + 1) / 2), input };
}

/** What a number of flows leaves out: names of ways and encodings that none of them takes. */
export function leftOut(count: number, names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  for (let number = 0; number < count; number += 1) {
    const { workflow, input } = flowOf(number, names);
    for (const name of names) if (input.name === name) seen.add(`${name} ${input.as}`).add(`${name} ${input.echo}`);
    if (toolKinds.includes(workflow)) seen.add(`${input.name} ${input.as} ${workflow}`);
    seen.add(workflow).add(workflow === "calls" ? `desk ${input.desk}` : "");
  }
  const wanted = [
    ...Object.keys(workflows),
    ...deskWays.map((way) => `desk ${way}`),
    ...names.flatMap((name) => [...echoWays, ...Object.keys(encodings)].map((each) => `${name} ${each}`)),
    ...names.flatMap((name) =>
      Object.keys(encodings).flatMap((as) => toolKinds.map((workflow) => `${name} ${as} ${workflow}`)),
    ),
  ];
  return wanted.filter((each) => !seen.has(each));
}
