import { isDeepStrictEqual } from "node:util";
import { getHeapStatistics } from "node:v8";
import { isCode } from "../../src/language/codes.ts";
import { type CompiledWorkflow, compileWorkflow } from "../../src/language/compile.ts";
import type { Diagnostic, Range } from "../../src/language/diagnostic.ts";
import type { Plan } from "../../src/language/plan.ts";
import { diagnosticJson, formatDiagnostic } from "../../src/language/report.ts";
import type { Source } from "../../src/language/world.ts";
import { world } from "./surroundings.ts";

/** What came of a file, and everything that must not have come of it. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly compiled: CompiledWorkflow | undefined;
  /** Edits that were offered, and were tried. */
  readonly fixes: number;
}

const msMax = 1000;
const heapMibMax = 64;
const shownCharsMax = 5000;
/** Fixes that are tried in one file; each costs a compilation. */
const fixesMax = 8;

/** Compiles a file as a user's and says what is wrong with the answer. */
export function judge(source: Source): Verdict {
  const heapBefore = getHeapStatistics().used_heap_size;
  const before = process.threadCpuUsage();
  let compiled: CompiledWorkflow;
  try {
    compiled = compileWorkflow(source, world);
  } catch (error) {
    return {
      faults: [`it throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
      compiled: undefined,
      fixes: 0,
    };
  }
  const took = process.threadCpuUsage(before);
  const heapMib = (getHeapStatistics().used_heap_size - heapBefore) / 1024 ** 2;
  const again = compileWorkflow(source, world);
  const fixable = compiled.diagnostics.filter(({ fix }) => fix !== undefined).slice(0, fixesMax);
  const hasError = compiled.diagnostics.some(({ severity }) => severity === "error");
  return {
    compiled,
    fixes: fixable.length,
    faults: [
      ...when((took.user + took.system) / 1000 >= msMax, "it takes longer than a second"),
      ...when(heapMib >= heapMibMax, `it takes ${Math.round(heapMib)} MiB`),
      ...when(!isDeepStrictEqual(compiled, again), "the same text gives something else the second time"),
      ...when(
        hasError === (compiled.plan !== undefined),
        hasError ? "a plan beside an error" : "neither an error nor a plan",
      ),
      ...[...compiled.diagnostics, ...compiled.unsupported].flatMap((each) => diagnosticFaults(each, source)),
      ...fixable.flatMap((each) => fixFaults(each, compiled, source)),
      ...(compiled.plan === undefined ? [] : planFaults(compiled.plan)),
    ],
  };
}

function when(isSo: boolean, fault: string): readonly string[] {
  return isSo ? [fault] : [];
}

/** What is wrong with a diagnostic itself: code, place, path and words. */
export function diagnosticFaults(diagnostic: Diagnostic, source: Source): readonly string[] {
  const { code, message, hint, range, fix, path } = diagnostic;
  const name = `${code} "${message}"`;
  const shown = formatDiagnostic(diagnostic, source);
  return [
    ...when(!isCode(code), `${name}: no code of the table`),
    ...when(!liesIn(range, source.text), `${name}: its range lies outside the text`),
    ...when(fix !== undefined && !liesIn(fix.range, source.text), `${name}: its fix lies outside the text`),
    ...(/[\n\r]/.test(path) ? [`${name}: its path has more than one line`] : slipsIn(path, source.text)),
    ...wordFaults(message, source.text).map((fault) => `${name}: ${fault}`),
    ...(hint === undefined ? [] : wordFaults(hint, source.text)).map((fault) => `${name}, hint '${hint}': ${fault}`),
    ...when(shown.length > shownCharsMax, `${name}: it is ${shown.length} characters long`),
    ...when(
      !isDeepStrictEqual(
        JSON.parse(JSON.stringify(diagnosticJson(diagnostic, source))),
        diagnosticJson(diagnostic, source),
      ),
      `${name}: its JSON form is not plain JSON`,
    ),
  ];
}

function wordFaults(words: string, text: string): readonly string[] {
  return [
    ...slipsIn(words, text),
    ...when(words.trim() === "", "it says nothing"),
    ...when(/[\n\r]/.test(words), "it has more than one line"),
  ];
}

/** What a program says that has lost its value, unless the file itself says it. */
function slipsIn(words: string, text: string): readonly string[] {
  const slips = ["undefined", "[object ", "NaN"].filter((slip) => words.includes(slip) && !text.includes(slip));
  return slips.map((slip) => `'${words}' says '${slip}'`);
}

function liesIn({ start, end }: Range, text: string): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length;
}

/**
 * A fix that leaves what it mends, or a file that can no longer be read.
 *
 * Two exceptions: E003 is found before the file is parsed, so what it hid from the parser comes out when it is mended; and where a misspelt
 * key stands twice, mending one leaves the other.
 */
export function fixFaults(
  diagnostic: Diagnostic,
  { diagnostics }: CompiledWorkflow,
  source: Source,
): readonly string[] {
  const { fix, code, message } = diagnostic;
  if (fix === undefined) return [];
  const text = source.text.slice(0, fix.range.start) + fix.text + source.text.slice(fix.range.end);
  const left = compileWorkflow({ ...source, text }, world).diagnostics;
  const same = (all: readonly Diagnostic[]): number =>
    all.filter((each) => each.code === code && each.message === message).length;
  const isTwice = diagnostics.some((each) => each.code === "E001" && each.message.endsWith("is written twice"));
  const isRead = left.every((each) => each.code !== "E001" || diagnostics.some((one) => one.message === each.message));
  const name = `${code} "${message}": the fix '${fix.text}' for '${source.text.slice(fix.range.start, fix.range.end)}'`;
  return [
    ...when(same(left) >= same(diagnostics) && !isTwice, `${name} does not mend it`),
    ...when(!isRead && code !== "E003" && !isTwice, `${name} makes the file unreadable`),
  ];
}

/** A plan that is not plain JSON, or whose steps do not hang together. */
function planFaults(plan: Plan): readonly string[] {
  const isAbout = (index: number): boolean => plan.steps[index]?.index === index;
  return [
    ...when(!isDeepStrictEqual(JSON.parse(JSON.stringify(plan)), plan), "the plan is not plain JSON"),
    ...when(!plan.roots.every(isAbout), "the plan has a root that is no step"),
    ...plan.steps.flatMap(({ index, parent, waitsFor, needs = [], elseOf, id }, at) => {
      const others = [...waitsFor, ...needs, ...(elseOf === undefined ? [] : [elseOf])];
      return [
        ...when(index !== at, `step '${id}' is not at its index`),
        ...when(
          waitsFor.includes(index) || new Set(waitsFor).size !== waitsFor.length,
          `step '${id}' waits for itself or twice`,
        ),
        ...when(
          others.some((other) => plan.steps[other]?.parent !== parent),
          `step '${id}' waits for one that is no sibling`,
        ),
      ];
    }),
  ];
}
