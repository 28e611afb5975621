import { givenTypeOf, type Type, typeOfSchema } from "../expression/type.ts";
import type { Schema } from "../plan.ts";

/** What a schema of the surroundings accepts. Worked out once per schema: many steps call the same action. */
export const givenType: (schema: Schema) => Type = oncePerSchema(givenTypeOf);

/** What a value of a schema of the surroundings is for its readers. Worked out once per schema. */
export const heldType: (schema: Schema) => Type = oncePerSchema(typeOfSchema);

function oncePerSchema(read: (schema: Schema) => Type): (schema: Schema) => Type {
  const known = new WeakMap<Schema, Type>();
  return (schema) => {
    const found = known.get(schema) ?? read(schema);
    known.set(schema, found);
    return found;
  };
}
