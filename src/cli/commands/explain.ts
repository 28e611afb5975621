import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { mended } from "../../language/code-example.ts";
import { codeExamples, exampleWorld } from "../../language/code-examples.ts";
import { codeTable, isCode } from "../../language/codes.ts";
import { compileWorkflow } from "../../language/compile.ts";
import { diagnosticJson, formatDiagnostic } from "../../language/report.ts";
import { suggest } from "../../language/suggest.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { safeLine } from "../safe-text.ts";
import type { Session } from "../session.ts";

const exampleFile = "example.workflow.yml";

/** Says the rule of a code, with an example of the mistake and how it is mended. */
export function explainCommand(name: string, asJson: boolean, { output }: Session): ExitCode {
  const code = name.toUpperCase();
  if (!isCode(code)) throw unknownCode(name, code);
  const { severity, rule } = codeTable[code];
  const example = codeExamples[code];
  const source = { file: exampleFile, text: example.file };
  const compiled = compileWorkflow(source, exampleWorld);
  // Nothing is wrong with the example of E090: it is only noted.
  const diagnostics = compiled.diagnostics.length > 0 ? compiled.diagnostics : compiled.unsupported;
  const right = mended(example);
  if (asJson) {
    const said = diagnostics.map((each) => diagnosticJson(each, source) as unknown as Json);
    output.json({ code, severity, rule, example: { wrong: example.file, right, diagnostics: said } });
    return exitCodes.ok;
  }
  const { dataTone } = output;
  output.data(`${dataTone(severity === "error" ? "bad" : "attention", `${severity}[${code}]`)} ${rule}`);
  output.data(`\n${dataTone("strong", "Wrong")}\n\n${indented(example.file)}`);
  for (const each of diagnostics) output.data(`\n${indented(formatDiagnostic(each, source))}`);
  output.data(`\n${dataTone("strong", "Right")}\n\n${indented(right)}`);
  return exitCodes.ok;
}

function unknownCode(name: string, code: string): RunwrightError {
  const near = nearCodes(code);
  const hint = near.length === 0 ? `codes: ${Object.keys(codeTable).join(", ")}` : `did you mean ${near.join(" or ")}?`;
  return new RunwrightError("usage.invalid", `There is no code '${safeLine(name).slice(0, 40)}'; ${hint}`);
}

const nearMax = 3;

/** Codes that may have been meant, those of the same digits in another order first: one digit more or less tells little about a number. */
function nearCodes(code: string): readonly string[] {
  const digitsOf = (text: string): string => text.split("").toSorted().join("");
  const known = Object.keys(codeTable);
  const isSwap = (each: string): boolean => each.slice(0, 2) === code.slice(0, 2);
  const swapped = known
    .filter((each) => each[0] === code[0] && digitsOf(each) === digitsOf(code))
    .toSorted((left, right) => Number(isSwap(right)) - Number(isSwap(left)));
  const near = known.filter((each) => suggest(code, [each]) !== undefined);
  return [...new Set([...swapped, ...near])].slice(0, nearMax);
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, "  ");
}
