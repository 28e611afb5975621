import type { ModelRequest } from "../ports/model.ts";
import { providerLimits } from "./limits.ts";

/** The names of one request's tools, as providers take them, there and back. */
export interface ToolNames {
  readonly toWire: (name: string) => string;
  /** A name that nobody offered comes back as it is: whoever carries out calls refuses it. */
  readonly fromWire: (name: string) => string;
}

/**
 * Translates `helpdesk.update_ticket` to `helpdesk_update_ticket`, and so that no two names of a request become one.
 *
 * A number is only put behind a name that would not be alone, in the order of the request: the same request has the same names each time.
 */
export function namesFor(request: Pick<ModelRequest, "tools" | "messages">): ToolNames {
  const wire = new Map<string, string>();
  const names = new Map<string, string>();
  const nextOf = new Map<string, number>();
  for (const name of namesIn(request)) {
    if (wire.has(name)) continue;
    const plain = plainName(name);
    let taken = plain;
    for (let n = nextOf.get(plain) ?? 2; names.has(taken); n += 1) {
      taken = `${plain.slice(0, providerLimits.toolNameMax - `_${n}`.length)}_${n}`;
      nextOf.set(plain, n + 1);
    }
    wire.set(name, taken);
    names.set(taken, name);
  }
  return { toWire: (name) => wire.get(name) ?? plainName(name), fromWire: (name) => names.get(name) ?? name };
}

function* namesIn({ tools = [], messages }: Pick<ModelRequest, "tools" | "messages">): Generator<string> {
  for (const { name } of tools) yield name;
  for (const message of messages) {
    if (message.role === "tool") yield message.name;
    if (message.role === "assistant") for (const { name } of message.calls ?? []) yield name;
  }
}

/** Letters, digits, `_` and `-`, and no digit or `-` in front: what all providers take. */
function plainName(name: string): string {
  const plain = name.replaceAll(/[^\w-]/g, "_");
  return (/^[a-z_]/i.test(plain) ? plain : `_${plain}`).slice(0, providerLimits.toolNameMax);
}
