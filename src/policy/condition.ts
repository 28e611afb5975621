import type { Json } from "../base/json.ts";
import { type Compiled, compileExpression } from "../language/expression/check.ts";
import type { Environment } from "../language/expression/checker.ts";
import type { Names } from "../language/expression/tree.ts";
import { listOf, type Type, types } from "../language/expression/type.ts";
import type { PolicyRequest } from "../ports/policy.ts";
import { classOf, requestClasses, requestKinds } from "./rule.ts";

/** What a condition can read: the request, and nothing else. */
const names: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["kind", { kind: "text", enum: requestKinds }],
  ["target", types.text],
  ["class", { kind: "text", enum: requestClasses }],
  ["arguments", types.any],
  ["principal", types.text],
  ["roles", listOf(types.text)],
  ["tenant", types.text],
  ["workspace", types.text],
  ["workflow", types.text],
  ["version", types.text],
  ["path", types.text],
  ["draft", types.boolean],
  ["by_model", types.boolean],
]);

const environment: Environment = { names, step: () => undefined, stepIds: [] };

/** Reads and checks the condition of a rule. */
export function compileCondition(text: string): Compiled {
  return compileExpression(text, environment, "condition");
}

/** Where the names of conditions get their values for one request. What a request does not say is empty. */
export function namesOf(request: PolicyRequest, roles: readonly string[]): Names {
  const values: ReadonlyMap<string, Json> = new Map<string, Json>([
    ["kind", request.kind],
    ["target", request.target],
    ["class", classOf(request)],
    ["arguments", request.arguments ?? {}],
    ["principal", request.principal],
    ["roles", roles],
    ["tenant", request.tenant],
    ["workspace", request.workspace],
    ["workflow", request.workflow],
    ["version", request.version],
    ["path", request.path],
    ["draft", request.draft === true],
    ["by_model", request.byModel === true],
  ]);
  return { name: (name) => values.get(name), step: () => null };
}
