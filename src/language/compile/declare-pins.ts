import { readKeys, type Written } from "../check/keys.ts";
import { short, someOf } from "../check/short.ts";
import { mapIn, reportShape } from "../check/values.ts";
import { agentFields } from "../fields/file-fields.ts";
import type { Field } from "../fields/field.ts";
import type { Problems } from "../problems.ts";
import type { SourceEntry, SourceScalar } from "../source/tree.ts";
import type { World } from "../world.ts";
import type { DeclaredAgent, DeclaredPin } from "./declared.ts";
import { isModel, isPinnedModel } from "./model-pin.ts";

/** `models`. E040, E041. */
export function modelsIn(entry: SourceEntry | undefined, problems: Problems): ReadonlyMap<string, DeclaredPin> {
  return new Map(
    aliasesIn(entry, "model", problems).map((each) => {
      const pin = pinIn(each, `a pin such as ${modelSample}`, problems);
      if (pin !== undefined) checkModel(pin, `model '${short(each.key)}'`, problems);
      return [each.key, { pin: pin?.text ?? "", entry: each }];
    }),
  );
}

/** `agents`. E045, and E040 and E041 of their models. */
export function agentsIn(
  entry: SourceEntry | undefined,
  world: World,
  problems: Problems,
): ReadonlyMap<string, DeclaredAgent> {
  return new Map(
    aliasesIn(entry, "agent", problems).map((each) => {
      const form: PinForm = { fields: agentFields, noun: "agent", sample: "codex@0.63.0" };
      const { pin, fields } = usedIn(each, form, problems);
      const called = `agent '${short(each.key)}'`;
      if (pin !== undefined) checkAgent(pin, called, world, problems);

      const modelEntry = fields?.get("model");
      const model = modelEntry === undefined ? undefined : pinIn(modelEntry, `a pin such as ${modelSample}`, problems);
      if (model !== undefined) checkModel(model, `the model of ${called}`, problems);
      return [each.key, { pin: pin?.text ?? "", entry: each, model: model?.text }];
    }),
  );
}

const modelSample = "anthropic/claude-haiku-4-5-20251001";
const aliasPattern = /^[A-Za-z][\w-]*$/;
const aliasCharsMax = 64;

/** The entries of a map of aliases; E012 for an alias that nobody could write where it is used. */
export function aliasesIn(entry: SourceEntry | undefined, noun: string, problems: Problems): readonly SourceEntry[] {
  const entries =
    entry === undefined ? [] : (mapIn(problems, entry, `a map: each ${noun} under its name`)?.entries ?? []);
  for (const { key, keyRange } of entries) {
    if (aliasPattern.test(key) && key.length <= aliasCharsMax) continue;
    problems.report(
      "E012",
      keyRange,
      `'${short(key)}' cannot be the name of ${noun === "agent" || noun === "entity" ? "an" : "a"} ${noun}`,
      {
        hint: `use letters, digits, '_' and '-', a letter first, at most ${aliasCharsMax}`,
      },
    );
  }
  return entries;
}

/** What a pin may be written as. */
export interface PinForm {
  readonly fields: readonly Field[];
  readonly noun: string;
  readonly sample: string;
}

/** The pin of an entry that is one, or a map with `use`; E015 where it is neither. */
export function usedIn(
  entry: SourceEntry,
  { fields, noun, sample }: PinForm,
  problems: Problems,
): { readonly pin: SourceScalar | undefined; readonly fields: Written | undefined } {
  if (entry.value.kind !== "map") return { pin: pinIn(entry, `a pin such as ${sample}`, problems), fields: undefined };

  const written = readKeys(entry.value, fields, `in ${noun === "agent" ? "an" : "a"} ${noun}`, problems);
  const use = written.get("use");
  if (use !== undefined) return { pin: pinIn(use, `a pin such as ${sample}`, problems), fields: written };
  if (!written.meant.has("use"))
    problems.report("E015", entry.keyRange, `${noun} '${short(entry.key)}' does not say what it uses`, {
      hint: `add use: ${sample}`,
    });
  return { pin: undefined, fields: written };
}

function pinIn(entry: SourceEntry, wanted: string, problems: Problems): SourceScalar | undefined {
  const { value } = entry;
  if (value.kind === "scalar" && typeof value.value === "string" && value.text.trim() !== "") return value;
  return reportShape(problems, entry, wanted);
}

function checkModel({ text, range }: SourceScalar, called: string, problems: Problems): void {
  if (!isModel(text)) {
    problems.report("E040", range, `${called} is not provider/model`, { hint: `for example ${modelSample}` });
  } else if (!isPinnedModel(text)) {
    problems.report("E041", range, `${called} is not pinned: '${short(text)}' can change under you`, {
      hint: "name a dated snapshot, or run 'runwright pin' to write the one in use today",
    });
  }
}

/** `<name>@<version>` in its two parts; the version is undefined when there is none. */
export function partsOfPin(pin: string): { readonly name: string; readonly version: string | undefined } {
  const at = pin.indexOf("@");
  const version = at === -1 ? "" : pin.slice(at + 1);
  return { name: at === -1 ? pin : pin.slice(0, at), version: version === "" ? undefined : version };
}

function checkAgent({ text, range }: SourceScalar, called: string, { agents }: World, problems: Problems): void {
  const { name, version } = partsOfPin(text);
  if (agents.length > 0 && !agents.includes(name)) {
    const meant = problems.closest(name, agents);
    problems.report("E045", range, `${called} is of an unknown kind: '${short(name)}'`, {
      hint: meant === undefined ? `known: ${someOf(agents)}` : `did you mean '${meant}'?`,
      fix: meant === undefined ? undefined : { range, text: version === undefined ? meant : `${meant}@${version}` },
    });
  } else if (version === undefined) {
    problems.report("E045", range, `${called} has no version`, {
      hint: `pin it: ${short(name)}@<version>; 'runwright pin' fills it in`,
    });
  } else if (!isExactVersion(version)) {
    problems.report("E045", range, `${called} is not pinned: '${short(version)}' is no exact version`, {
      hint: `write ${short(name)}@<version>, for example ${short(name)}@1.4.0; 'runwright pin' fills it in`,
    });
  }
}

/** A version that means one release: `2.1.14`, `0.63.0-beta.2`; neither `latest` nor a range. */
export function isExactVersion(version: string): boolean {
  return /^v?\d+(?:\.\d+)*(?:[-+][\w.+-]+)?$/.test(version);
}
