import { formatDuration, parseDuration } from "../base/duration.ts";
import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceMap, type SourceNode } from "../language/source/tree.ts";

/** Reads the fields of one map of settings; what is wrong is reported, and reads as left out. */
export interface SettingFields {
  /** A text that fits; `form` says what it looks like. */
  text(key: string, fits: (text: string) => boolean, form: string): string | undefined;
  choice<T extends string>(key: string, choices: readonly T[]): T | undefined;
  flag(key: string): boolean | undefined;
  /** A whole number from 1 to `max`. */
  count(key: string, max: number): number | undefined;
  /** A number that is not negative. */
  amount(key: string): number | undefined;
  /** A duration up to `maxMs`, in milliseconds. */
  duration(key: string, maxMs: number): number | undefined;
}

/** The fields of a map. Texts that do not fit are not repeated: somebody may have written a key there. */
export function settingFields(map: SourceMap, problems: Problems): SettingFields {
  return {
    text: (key, fits, form) => read(key, form, (node) => (textOf(node, fits) ? node.text : undefined)),
    choice(key, choices) {
      const form = `one of ${choices.join(", ")}`;
      return read(key, form, (node) =>
        node.kind === "scalar" ? choices.find((choice) => choice === node.text) : undefined,
      );
    },
    flag: (key) =>
      read(key, "true or false", (node) => (typeof valueOf(node) === "boolean" ? valueOf(node) === true : undefined)),
    count: (key, max) =>
      read(key, `a whole number from 1 to ${max}`, (node) =>
        numberOf(node, (n) => Number.isInteger(n) && n >= 1 && n <= max),
      ),
    amount: (key) => read(key, "a number that is not negative", (node) => numberOf(node, (n) => n >= 0)),
    duration: (key, maxMs) =>
      read(key, `a duration up to ${formatDuration(maxMs)}, for example 90s`, (node) => {
        const ms = node.kind === "scalar" ? parseDuration(node.text) : undefined;
        return ms !== undefined && ms > 0 && ms <= maxMs ? ms : undefined;
      }),
  };

  function read<T>(key: string, form: string, of: (node: SourceNode) => T | undefined): T | undefined {
    const node = entryOf(map, key)?.value;
    if (node === undefined) return undefined;
    const value = of(node);
    if (value === undefined) {
      const found = node.kind === "scalar" && node.value !== null ? "this" : kindOf(node);
      problems.report("E015", node.range, `'${key}' is ${form}, not ${found}`);
    }
    return value;
  }
}

function textOf(node: SourceNode, fits: (text: string) => boolean): node is SourceNode & { readonly kind: "scalar" } {
  return node.kind === "scalar" && node.value !== null && fits(node.text);
}

function valueOf(node: SourceNode): unknown {
  return node.kind === "scalar" ? node.value : undefined;
}

function numberOf(node: SourceNode, fits: (value: number) => boolean): number | undefined {
  const value = valueOf(node);
  return typeof value === "number" && fits(value) ? value : undefined;
}
