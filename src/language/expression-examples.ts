import { type CodeExample, example } from "./code-example.ts";
import type { ExpressionCode } from "./expression/problem.ts";

/** The examples of the codes of expressions. */
export const expressionExamples: Readonly<
  Record<Exclude<ExpressionCode, "E056" | "E057" | "E070" | "E080"> | "E308", CodeExample>
> = {
  E300: inCondition("{ kind: string }", 'inputs.kind = "bug"', "= ", "== "),
  E301: inCondition("{ kind: string }", 'input.kind == "bug"', "input.", "inputs."),
  E302: inCondition("{ subject: string }", 'inputs.subjct == "bug"', "subjct", "subject"),
  E303: inCondition("{ name: string }", "inputs.name", "if: inputs.name", 'if: inputs.name != ""'),
  E304: inCondition("{ kind: { enum: [bug, spam] } }", 'inputs.kind == "spamm"', '"spamm"', '"spam"'),
  E305: inCondition("{ name: string }", "lenght(inputs.name) > 3", "lenght", "size"),
  E306: inCondition("{ name: string }", 'inputs.name.matches("(a")', '"(a"', '"(a|b)"'),
  E307: example(
    "inputs: { page: { links: [string] } }\nsteps:\n  - id: each\n    for_each: inputs.page\n    function: audit\n",
    "for_each: inputs.page",
    "for_each: inputs.page.links",
  ),
  E308: example(
    'steps:\n  - id: each\n    for_each: \'["ada", "bob", "ada"]\'\n    key: item\n    function: audit\n',
    "    key: item\n",
    "    key: string(index)\n",
  ),
  E399: inCondition(
    "{ n: [integer] }",
    "inputs.n.all(a, inputs.n.all(b, inputs.n.all(c, inputs.n.all(d, a + b + c + d > 0))))",
    "inputs.n.all(c, inputs.n.all(d, a + b + c + d > 0))",
    "a + b > 0",
  ),
};

function inCondition(inputs: string, condition: string, wrong: string, right: string): CodeExample {
  return example(`inputs: ${inputs}\nsteps:\n  - id: check\n    if: ${condition}\n    function: audit\n`, wrong, right);
}
