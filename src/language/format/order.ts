import { type Field, fieldNamed } from "../fields/field.ts";
import { fileFields } from "../fields/file-fields.ts";
import { stepFields } from "../fields/step-fields.ts";
import { verbs } from "../fields/verbs.ts";

/** The fields that a map may have, and the order in which they are written. */
export interface Order {
  /** A field by its name or an alias. */
  fieldOf(key: string): Field | undefined;
  /** Place of a field, by its name. */
  rankOf(name: string): number;
}

/** Fields of the file: what it is, what starts it and what it gets, what it uses, its bounds, its steps, and what it gives. */
const fileOrder = [
  ["workflow", "name", "description", "labels"],
  ["on", "inputs", "env", "secrets"],
  ["models", "connectors", "agents", "documents", "entities"],
  ["retain", "limits", "concurrency", "policy", "defaults"],
  ["mode", "steps", "output"],
].flat();

/** Fields of a step: its name, when it runs, how often, what it does with what, what comes of it, and what if that goes wrong. */
const stepOrder = [
  ["id", "title", "needs", "if", "else", "run_on"],
  ["for_each", "iterate_over", "as", "key", "scope", "max_parallel", "loop", "mode"],
  verbs.map(({ name }) => name),
  ["workspace", "role", "profile", "skills", "pick", "system", "prompt", "messages", "goal", "allow", "tools"],
  ["strategy", "review", "with", "idempotency_key", "undo", "accept_blind", "detach"],
  ["temperature", "max_tokens", "max_turns", "ask"],
  ["by", "quorum", "show", "editable", "form"],
  ["output", "document", "cache", "retry", "retries", "retry_backoff", "timeout"],
  ["on_timeout", "on_reject", "on_changes", "remind", "on_failure", "runs_on", "sensitive"],
].flat();

/** The order of the file's own fields. */
export const orderOfFile: Order = orderOf(fileFields, fileOrder);

/** The order of a step's fields. */
export const orderOfStep: Order = orderOf([...verbs, ...stepFields], stepOrder);

const orders = new WeakMap<readonly Field[], Order>();

/** The order of the fields of a smaller map: that of its table. */
export function orderOfFields(fields: readonly Field[]): Order {
  const known = orders.get(fields);
  if (known !== undefined) return known;
  const names = fields.map(({ name }) => name);
  const made = orderOf(fields, names);
  orders.set(fields, made);
  return made;
}

function orderOf(fields: readonly Field[], names: readonly string[]): Order {
  const ranks = new Map(names.map((name, index) => [name, index]));
  return {
    fieldOf: (key) => fieldNamed(fields, key),
    rankOf: (name) => ranks.get(name) ?? names.length,
  };
}
