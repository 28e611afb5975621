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
  E025: { severity: "error", rule: "A model or an agent is told what to do." },
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
  E040: { severity: "error", rule: "A model is written as provider/model." },
  E041: {
    severity: "error",
    rule: "A model is pinned: its name holds a date, a numbered snapshot, an exact version or the digest of its content.",
  },
  E042: { severity: "error", rule: "Connectors are installed." },
  E043: { severity: "error", rule: "A connector is pinned to a version that is installed." },
  E045: { severity: "error", rule: "An agent is of a known kind and pinned to an exact version." },
  E046: { severity: "error", rule: "A step names models that the file or the workspace has." },
  E047: { severity: "error", rule: "A step names agents that the file or the workspace has." },
  E048: { severity: "error", rule: "Functions and assignments exist in their folders." },
  E050: { severity: "error", rule: "A tool is an action of a connector that the file names." },
  E051: { severity: "error", rule: "A gate, and a document that needs acceptance, names who can accept." },
  E052: { severity: "error", rule: "Acceptors are roles that the configuration names, users, or `requester`." },
  E053: { severity: "error", rule: "A tool is given only inputs that it takes." },
  E054: { severity: "error", rule: "What a tool is given has the type that it takes." },
  E055: { severity: "error", rule: "A tool is given every input that it needs." },
  E056: { severity: "error", rule: "A document that is named is declared under `documents`." },
  E060: { severity: "error", rule: "Every loop is bounded by max_iters." },
  E061: { severity: "error", rule: "A loop stands on a group, and its stages are steps of that group." },
  W060: { severity: "warning", rule: "A loop without stop_when always runs max_iters times." },
  E062: { severity: "error", rule: "A plan step says what its plans may use." },
  E065: { severity: "error", rule: "A gate with a timeout says what happens then." },
  E066: { severity: "error", rule: "A webhook says how its callers prove who they are." },
  E067: { severity: "error", rule: "A cron line has five fields that name times which come." },
  E068: {
    severity: "error",
    rule: "A workflow that is run or waited for exists, is given the inputs that it takes, and does not run or start itself without a bound.",
  },
  E070: {
    severity: "error",
    rule: "A secret is named where it is used, in the auth of a trigger or the settings of a connector; its value is never in a file, a prompt or an output.",
  },
  E071: { severity: "error", rule: "Steps use only tools that the workspace allows." },
  E072: {
    severity: "error",
    rule: "A workflow whose loop or plan can call models or agents has limits, since nothing else bounds what it costs. Loops of functions, sets and gates need none.",
  },
  E076: { severity: "error", rule: "A field that can be decided is named once." },
  E077: { severity: "error", rule: "An `as` name does not hide a name that is already in scope." },
  E078: { severity: "error", rule: "Several models or agents go with `pick`, which says how one result is chosen." },
  E079: { severity: "error", rule: "A trigger fills every input that has no default: there is nobody to ask for it." },
  E080: { severity: "error", rule: "A secret that is used is declared under `secrets`." },
  E081: {
    severity: "error",
    rule: "A step that can carry out a blind action says that this is accepted: nobody can tell whether an interrupted one was done.",
  },
  E090: {
    severity: "error",
    rule: "The field or verb belongs to the language, but this build does not carry it out yet: the file is valid, only its run is refused.",
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
