import type { StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import { scalarIn } from "../check/values.ts";
import type { SourceEntry } from "../source/tree.ts";
import { scopeOf } from "./document-names.ts";
import { asOf, itemsAround } from "./relation.ts";
import type { Workshop } from "./workshop.ts";

/** The scope that each item of a for-each opens. E077 where it is open already. */
export function scopePart(shop: Workshop, step: StepDraft): string | undefined {
  const { problems } = shop;
  const entry = step.fields.get("scope");
  const scalar = entry === undefined ? undefined : scalarIn(problems, entry, "the name of a scope");
  if (scalar === undefined) return undefined;
  const name = scalar.text;
  if (!/^[a-z][A-Za-z0-9_-]*$/.test(name)) {
    problems.report("E012", scalar.range, `'${short(name)}' is not the name of a scope`, {
      hint: "begin with a-z, then letters, digits, '_' and '-'",
    });
    return undefined;
  }
  const outer = itemsAround({ step, at: "outside" }).find((around) => scopeOf(around) === name);
  if (outer !== undefined)
    problems.report("E077", scalar.range, `scope '${name}' is open here already: '${outer.id}' opens it`, {
      hint: "choose another name, or remove it: its documents can be read here",
    });
  return name;
}

/** `key` of a for-each: as written, else the field that names the entity its scope is named after. */
export function keyEntryOf(shop: Workshop, step: StepDraft): SourceEntry | undefined {
  const written = step.fields.get("key");
  const scope = step.fields.get("scope");
  if (written !== undefined || scope?.value.kind !== "scalar") return written;
  const field = shop.declared.entities.get(scope.value.text)?.key;
  if (field === undefined || field === "") return undefined;
  const text = /^[A-Za-z_]\w*$/.test(field) ? `${asOf(step)}.${field}` : `${asOf(step)}[${JSON.stringify(field)}]`;
  const { range } = scope.value;
  return {
    ...scope,
    value: { kind: "scalar", range, value: text, text, style: "plain", pieces: [{ from: 0, range }] },
  };
}
