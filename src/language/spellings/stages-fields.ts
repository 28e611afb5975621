import type { Field } from "../fields/field.ts";
import { fileFields } from "../fields/file-fields.ts";
import { loopFields } from "../fields/shared.ts";

const now = { supported: true } as const;

/** Fields of `workflow` in a file of stages. */
export const stagesFields: readonly Field[] = [
  { name: "id", kind: "workflow id", ...now, doc: "Id of the workflow; the name of the file when it is not written." },
  { name: "name", kind: "text", ...now, doc: "Name for people." },
  { name: "description", kind: "text", ...now, doc: "What the workflow is for." },
  { name: "stages", kind: "names", ...now, doc: "The stages in order; required." },
  { name: "loop", kind: "map", fields: loopFields, ...now, doc: "Repeats the stages; once without it." },
  { name: "isDefault", kind: "true/false", ...now, doc: "Kept as a label." },
  { name: "protected", kind: "true/false", ...now, doc: "Kept as a label." },
];

/** What may stand beside `workflow` and the stages: fields of the language. */
export const headFields: readonly Field[] = fileFields.filter(({ name }) => name !== "steps" && name !== "workflow");
