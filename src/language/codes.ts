/** Every code of the checker: how grave a breach is, and the rule in one sentence. The code is the contract; texts may get better. */
export const codeTable = {
  E001: {
    severity: "error",
    rule: "The file is one YAML 1.2 or JSON document within the caps, without tags, merge keys, cycles or duplicate keys.",
  },
  E003: { severity: "error", rule: "`${…}` inside { } or [ ] is quoted, because YAML reads its braces as a map." },
  E010: { severity: "error", rule: "Every key is a field of the language that belongs where it stands." },
  E011: { severity: "error", rule: "A workflow and every step have an id; functions and assignments lend their name." },
  E012: { severity: "error", rule: "Ids keep to their pattern, so that they are safe in URLs, paths and expressions." },
  E015: { severity: "error", rule: "Every value has the shape that its field asks for." },
  E016: { severity: "error", rule: "A duration is a number and a unit: 250ms, 30s, 5m, 2h or 7d." },
  E017: {
    severity: "error",
    rule: "A reference that begins with # is quoted, because YAML reads an unquoted # as a comment.",
  },
  E018: { severity: "error", rule: "A type is JSON Schema or its short form." },
  E020: { severity: "error", rule: "A step has a verb: it says what to do." },
  E021: { severity: "error", rule: "A step has one verb only." },
  E022: { severity: "error", rule: "Names that expressions already know are no ids." },
  E024: { severity: "error", rule: "A step id is used once in a file, where a-b and a_b are the same." },
  E030: { severity: "error", rule: "`needs` and `else` name steps that exist." },
  E031: { severity: "error", rule: "A step neither needs nor reads itself, a group around it or a step inside it." },
  E032: { severity: "error", rule: "`else` names a step of the same list that has an `if` and is not a for-each." },
  E033: { severity: "error", rule: "Steps do not wait for each other in a circle." },
  W034: {
    severity: "warning",
    rule: "A step that may be skipped is read with a default, because its output can be null.",
  },
  E035: { severity: "error", rule: "Every step can be reached." },
  E036: { severity: "error", rule: "A step does not read a step that comes later in its own sequential list." },
  E037: {
    severity: "error",
    rule: "A step inside a for-each is visible only inside it; outside, the for-each's list is.",
  },
  E048: { severity: "error", rule: "Functions and assignments exist in their folders." },
  E050: { severity: "error", rule: "Connectors and their actions exist." },
  E051: { severity: "error", rule: "A gate names who can accept." },
  E052: { severity: "error", rule: "Acceptors are roles that the configuration names, users, or `requester`." },
  E056: { severity: "error", rule: "Documents are declared, and a step gives what is read." },
  E057: { severity: "error", rule: "A document is given and read inside its scope." },
  E058: { severity: "error", rule: "A step that gives a document has the document's schema." },
  E060: { severity: "error", rule: "Every loop is bounded by max_iters." },
  E061: { severity: "error", rule: "A loop stands on a group, and its stages are steps of that group." },
  W060: { severity: "warning", rule: "A loop without stop_when always runs max_iters times." },
  E063: { severity: "error", rule: "What writes is never cached." },
  W064: { severity: "warning", rule: "Only a write that can be undone has an undo." },
  E065: { severity: "error", rule: "A gate with a timeout says what happens then." },
  W070: {
    severity: "warning",
    rule: "A write of what a model or others outside made has a gate before it, or is marked as reviewed.",
  },
  E073: { severity: "error", rule: "What is done again after a request for changes can be undone." },
  W073: { severity: "warning", rule: "There is a runner with the labels that a step asks for." },
  E074: { severity: "error", rule: "What nobody can look up afterwards is not tried again." },
  E075: { severity: "error", rule: "A write behind a gate that can be skipped or rejected needs that gate." },
  E076: { severity: "error", rule: "A field that can be decided is named once, in editable or in form." },
  E077: { severity: "error", rule: "An `as` name or a scope does not hide one that is already there." },
  E090: {
    severity: "error",
    rule: "The field or verb belongs to the language, but this build does not carry it out yet.",
  },
  E300: { severity: "error", rule: "Expressions follow the CEL grammar and its few extensions." },
  E301: { severity: "error", rule: "Names in expressions exist and are visible there." },
  E302: { severity: "error", rule: "Fields exist in the type they are read from." },
  E303: { severity: "error", rule: "Types fit." },
  E304: { severity: "error", rule: "A value that is compared with an enum is one of its values." },
  E305: { severity: "error", rule: "Functions in expressions exist and get what they take." },
  E306: { severity: "error", rule: "Patterns are regular expressions that RE2 accepts." },
  E307: { severity: "error", rule: "for_each ranges over a list." },
  E308: { severity: "error", rule: "The keys of a for-each differ from each other." },
  E399: { severity: "error", rule: "An expression stays within its bounds." },
} as const;

/** A code of the table. */
export type Code = keyof typeof codeTable;

/** True when a text is a code of the table. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(codeTable, text);
}
