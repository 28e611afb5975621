import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import type { Template } from "../plan.ts";
import { evaluate } from "./evaluate.ts";
import type { Expression, Names } from "./tree.ts";
import { setField, type Fields } from "./values.ts";

/** The value of a template: its holes filled with what their expressions give. */
export function render(template: Template, names: Names): Json {
  switch (template.kind) {
    case "literal":
      return template.value;
    case "value":
      return evaluate(template.expression, names);
    case "text":
      return renderParts(template.parts, names);
    case "list":
      return template.items.map((item) => render(item, names));
    case "object": {
      const fields: Fields = {};
      for (const [key, value] of template.fields) setField(fields, key, render(value, names));
      return fields;
    }
  }
}

/** A template as text, for questions, titles and messages: objects become JSON, and null is a failure. */
export function renderText(template: Template, names: Names): string {
  if (template.kind === "text") return renderParts(template.parts, names);
  if (template.kind === "value") return partText(template.expression, names);
  const value = render(template, names);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function renderParts(parts: readonly (string | Expression)[], names: Names): string {
  let text = "";
  for (const part of parts) {
    text += typeof part === "string" ? part : partText(part, names);
    if (text.length > limits.valueBytesMax) {
      throw new RunwrightError(
        "expression.too-expensive",
        `A text of more than ${limits.valueBytesMax} bytes was built.`,
      );
    }
  }
  return text;
}

function partText(expression: Expression, names: Names): string {
  const value = evaluate(expression, names);
  if (typeof value === "string") return value;
  if (value !== null) return JSON.stringify(value);

  const { text } = expression;
  if (names.missing !== undefined) {
    names.missing(`'${text}' is null in a text. Nothing stands in its place.`);
    return "";
  }
  throw new RunwrightError("expression.failed", `'${text}' is null in a text: write default(${text}, "").`);
}
