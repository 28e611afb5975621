import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { slashedPath } from "../base/paths.ts";
import type { Problems } from "../language/problems.ts";
import { kindOf, type SourceEntry, type SourceMap } from "../language/source/tree.ts";
import type { Pins, Source } from "../language/world.ts";
import { entriesUnder, readChecked, reportUnknownKeys } from "./checked-file.ts";

/** The name of the optional file that pins models, connectors and agents for every workflow of a folder or project. */
export const pinsFileName = "runwright.pins.yaml";

/** What the file of pins in a folder says; nothing without one. Throws `config.invalid` with every problem of the file, which is named from `root`. */
export function readPins(folder: string, root: string): Pins {
  const place = path.join(folder, pinsFileName);
  if (!existsSync(place)) return none;
  return parsePins({ file: slashedPath(root, place, path), text: readFileSync(place, "utf8") });
}

const none: Pins = { models: {}, connectors: {}, agents: {} };

/** One kind of pins: what its texts look like. */
interface PinKind {
  readonly key: keyof Pins;
  readonly one: string;
  readonly form: string;
  readonly pattern: RegExp;
  readonly example: string;
}

const kinds: readonly PinKind[] = [
  {
    key: "models",
    one: "model",
    form: "provider/model",
    pattern: /^[a-z0-9][\w.-]*\/\S+$/,
    example: "fast: anthropic/claude-haiku-4-5-20251001",
  },
  {
    key: "connectors",
    one: "connector",
    form: "connector@version",
    pattern: /^[a-z0-9][\w./-]*@\d\S*$/,
    example: "helpdesk: zendesk@3.2.0",
  },
  {
    key: "agents",
    one: "agent",
    form: "agent@version",
    pattern: /^[a-z0-9][\w./-]*@\d\S*$/,
    example: "claude-code: claude-code@2.1.14",
  },
];

function parsePins(source: Source): Pins {
  return readChecked(source, "a file of pins", (root, problems) => {
    reportUnknownKeys(root, Object.keys(none), "in the pins", problems);
    const read = kinds.map((kind) => [kind.key, pinsOf(root, kind, problems)] as const);
    return { ...none, ...Object.fromEntries(read) };
  });
}

function pinsOf(root: SourceMap, kind: PinKind, problems: Problems): Readonly<Record<string, string>> {
  const wanted = { what: "pins by alias", example: kind.example };
  const entries = entriesUnder(root, kind.key, wanted, problems) ?? [];
  return Object.fromEntries(entries.map((entry) => [entry.key, pinOf(entry, kind, problems)]));
}

function pinOf({ key, value, keyRange }: SourceEntry, kind: PinKind, problems: Problems): string {
  const hint = `for example ${kind.example}`;
  if (!/^[a-z][\w-]*$/.test(key))
    problems.report("E012", keyRange, `'${key.slice(0, 80)}' is not an alias`, {
      hint: "begin with a-z, then letters, digits, '_' and '-'",
    });
  const text = value.kind === "scalar" && value.value !== null ? value.text : undefined;
  if (text === undefined)
    problems.report("E015", value.range, `${kind.one} '${key}' is ${kind.form}, not ${kindOf(value)}`, { hint });
  else if (!kind.pattern.test(text))
    problems.report("E015", value.range, `${kind.one} '${key}' is ${kind.form}, not '${text.slice(0, 80)}'`, { hint });
  return text ?? "";
}
