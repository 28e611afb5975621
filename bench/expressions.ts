// What an expression costs, in nanoseconds: `node bench/expressions.ts [rounds]`. The goals are those of the design.
import { availableParallelism } from "node:os";
import type { Json } from "../src/base/json.ts";
import { compileExpression } from "../src/language/expression/check.ts";
import type { Environment } from "../src/language/expression/checker.ts";
import { evaluate } from "../src/language/expression/evaluate.ts";
import { objectOf, types, type Type } from "../src/language/expression/type.ts";
import { median } from "./probe.ts";

const timesPerRound = 20_000;
const rounds = Number(process.argv[2] ?? "15");
const evaluateNsGoal = 2000;
const checkNsGoal = 10_000;

const texts = [
  'classify.output.category != "spam" && inputs.limit > 3',
  'classify.output.tags.exists(tag, tag startsWith "a") || size(inputs.name) > 10',
  'default(inputs.note, "none")',
  "inputs.limit",
];
const inputs: Json = { limit: 5, name: "Ada", note: "n" };
const output: Json = { category: "bug", tags: ["x", "y", "a1"] };
const classify = {
  step: 0,
  id: "classify",
  fields: {
    output: objectOf({
      category: { kind: "text", enum: ["bug", "billing", "spam"] },
      tags: { kind: "list", item: types.text },
    }),
  },
};
const environment: Environment = {
  names: new Map<string, Type>([
    ["inputs", objectOf({ limit: types.number, name: types.text, note: types.text }, { optional: ["note"] })],
  ]),
  step: (id) => (id === "classify" ? classify : undefined),
  stepIds: ["classify"],
};
const names = { name: (name: string) => (name === "inputs" ? inputs : undefined), step: () => output };

console.log(`${availableParallelism()} cores, Node ${process.version}, ${rounds} rounds of ${timesPerRound}`);
for (const text of texts) {
  const { expression, problems } = compileExpression(text, environment);
  if (expression === undefined) throw new Error(`${text}: ${JSON.stringify(problems)}`);
  print(text, "evaluate", evaluateNsGoal, () => evaluate(expression, names));
  print(text, "parse and check", checkNsGoal, () => compileExpression(text, environment).type);
}

function print(text: string, what: string, nsGoal: number, work: () => unknown): void {
  const times = Array.from({ length: rounds }, () => nsOf(work));
  const ns = median(times);
  console.log(JSON.stringify({ what, ns, nsGoal, met: ns <= nsGoal, nsLeast: Math.min(...times), text }));
}

function nsOf(work: () => unknown): number {
  let last: unknown;
  const began = process.threadCpuUsage();
  for (let time = 0; time < timesPerRound; time += 1) last = work();
  const { user, system } = process.threadCpuUsage(began);
  const ns = ((user + system) * 1000) / timesPerRound;
  // What came of it is looked at, so that the work cannot be left out.
  if (last === undefined) throw new Error("the work gave nothing");
  return Math.round(ns);
}
