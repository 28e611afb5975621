import { short } from "../check/short.ts";
import type { WrittenName } from "../check/values.ts";
import type { Workshop } from "./workshop.ts";

/** E048 when there is no function or assignment of this name. */
export function checkModule(shop: Workshop, { name, node }: WrittenName, verb: "function" | "assignment"): void {
  const { world, problems } = shop;
  const folder = `${verb}s`;
  const known = verb === "function" ? world.functions : world.assignments;
  if (known.includes(name)) return;

  const meant = problems.closest(name, known);
  const expected = /^[A-Za-z0-9][\w-]*$/.test(name)
    ? `expected ${folder}/${name}.mjs or .ts`
    : `a name has letters, digits, '_' and '-'`;
  problems.report("E048", node.range, `no executor for ${verb} '${short(name)}'`, {
    hint: meant === undefined ? expected : `${expected} — did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: node.range, text: meant },
  });
}
