import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import type { ConnectorDescriptor } from "../connector.ts";
import type { Plan } from "../plan.ts";
import type { World } from "../world.ts";

const desk = (version: string, settings?: ConnectorDescriptor["settings"]): ConnectorDescriptor => ({
  name: "desk",
  version,
  title: "Tickets",
  actions: {},
  ...(settings !== undefined && { settings }),
});

const world: Partial<World> = {
  functions: ["audit"],
  roles: ["reviewers"],
  agents: ["codex"],
  connectors: [
    desk("3.9.0"),
    desk("3.10.0", {
      type: "object",
      properties: {
        host: { type: "string" },
        port: { type: "integer", default: 443 },
        password: { type: "string", format: "password" },
      },
      required: ["host", "password"],
    }),
  ],
};

function compile(head: string, known: Partial<World> = world): ReturnType<typeof compileWorkflow> {
  const text = `workflow: x\nsecrets: [KEY]\nenv: [HOST]\n${head}\nsteps:\n  - function: audit\n`;
  return compileWorkflow({ file: "x.workflow.yml", text }, known);
}

function said(head: string, known?: Partial<World>): readonly string[] {
  return compile(head, known).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function hintOf(head: string): string | undefined {
  return compile(head).diagnostics[0]?.hint;
}

function planOf(head: string, known?: Partial<World>): Plan {
  const { plan } = compile(head, known);
  assert.ok(plan !== undefined, said(head, known).join("\n"));
  return plan;
}

test("aliases come into the Plan as what they stand for", () => {
  const plan = planOf(`models: { fast: openai/gpt-5-mini-2025-08-07 }
agents: { builder: { use: codex@0.63.0, model: openai/gpt-5-codex-2025-09-23 }, plain: codex@0.63.0 }
connectors: { old: desk@3.9.0 }
documents:
  idea: { schema: { text: string }, accept: { by: [reviewers], timeout: 2d, on_timeout: { escalate: [requester], timeout: 1d } } }
  plan: { scope: epic }`);
  assert.deepEqual(plan.models, { fast: "openai/gpt-5-mini-2025-08-07" });
  assert.deepEqual(plan.agents, {
    builder: { use: "codex@0.63.0", model: "openai/gpt-5-codex-2025-09-23" },
    plain: { use: "codex@0.63.0" },
  });
  assert.deepEqual(plan.connectors, { old: { use: "desk@3.9.0" } });
  assert.deepEqual(plan.documents?.["idea"]?.accept, {
    by: ["reviewers"],
    quorum: "any",
    timeoutMs: 172_800_000,
    onTimeout: { escalate: ["requester"], timeoutMs: 86_400_000 },
    onReject: "stop",
  });
  assert.deepEqual(plan.documents?.["plan"], { scope: "epic" });
  assert.deepEqual(plan.secrets, ["KEY"]);
});

test("of what the workspace pins, the Plan takes what the file names, and the file's own alias comes first", () => {
  const pins = {
    models: { fast: "openai/gpt-5-mini-2025-08-07", strong: "anthropic/claude-opus-4-5-20251101" },
    connectors: {},
    agents: {},
  };
  const head = "description: Uses strong\nmodels: { own: openai/gpt-4-0613 }";
  assert.deepEqual(planOf(head, { ...world, pins }).models, { strong: pins.models.strong, own: "openai/gpt-4-0613" });
  assert.deepEqual(planOf("models: { strong: openai/gpt-4-0613 }", { ...world, pins }).models, {
    strong: "openai/gpt-4-0613",
  });
});

test("the newest version is the one that is offered, by its numbers", () => {
  assert.equal(hintOf("connectors: { d: desk }"), "pin it: desk@3.10.0");
  assert.equal(hintOf("connectors: { d: desk@1.0.0 }"), "installed: desk@3.10.0, desk@3.9.0");
  assert.equal(compile("connectors: { d: desk }", {}).diagnostics[0]?.hint, "no connector is installed");
});

test("kinds of agents are compared only when some are known", () => {
  assert.deepEqual(said("agents: { a: other@1.0.0 }"), ["E045 agent 'a' is of an unknown kind: 'other'"]);
  assert.deepEqual(said("agents: { a: other@1.0.0 }", { ...world, agents: [] }), []);
});

const use = (settings: string): string => `connectors: { d: { use: desk@3.10.0, with: { ${settings} } } }`;

test("settings may hold secrets and variables of the environment, also with words around them", () => {
  const settings = 'host: "${default(env.HOST, \'a\')}:1", password: "${secrets.KEY}", port: 25';
  assert.deepEqual(said(use(settings)), []);
  assert.notEqual(planOf(use(settings)).connectors?.["d"]?.with, undefined);
});

const wrong: Readonly<Record<string, readonly [head: string, said: string]>> = {
  "a setting that is missing": [use("host: a"), "E015 connector 'd' needs the setting 'password'"],
  "settings that are missing altogether": [
    "connectors: { d: desk@3.10.0 }",
    "E015 connector 'd' needs the settings host, password",
  ],
  "a setting that there is not": [
    use('host: a, password: "${secrets.KEY}", prot: 25'),
    "E302 connector 'd', with: desk has no setting 'prot'",
  ],
  "a setting of another type": [
    use('host: a, password: "${secrets.KEY}", port: many'),
    "E303 connector 'd', with: port: expected number, got text",
  ],
  "a password in the file": [
    use("host: a, password: hunter2"),
    "E070 password holds a secret itself: whoever reads this file knows it",
  ],
  "all secrets at once": [
    use('host: "${json(secrets)}", password: "${secrets.KEY}"'),
    "E070 secrets are read one by one, each by its name",
  ],
  "a secret by a computed name": [
    use("host: a, password: \"${secrets[default(env.HOST, '')]}\""),
    "E070 secrets are read one by one, each by its name",
  ],
  "an input in settings": [
    use('host: "${run.id}", password: "${secrets.KEY}"'),
    "E301 connector 'd', with: unknown name 'run'",
  ],
  "an alias with a dot": ["models: { a.b: openai/gpt-4-0613 }", "E012 'a.b' cannot be the name of a model"],
  "an agent that is a list": ["agents: { a: [codex] }", "E015 a is a pin such as codex@0.63.0, not a list"],
  "an agent without its kind": [
    "agents: { a: { model: openai/gpt-4-0613 } }",
    "E015 agent 'a' does not say what it uses",
  ],
  "models as a list": ["models: [openai/gpt-4-0613]", "E015 models is a map: each model under its name, not a list"],
  "an entity from a document without a field": [
    "documents: { idea: {} }\nentities: { epic: { from: idea, key: id } }",
    "E015 from is <document>.<field>, not 'idea'",
  ],
};

for (const [name, [head, message]] of Object.entries(wrong)) {
  test(`${name} is refused, once`, () => assert.deepEqual(said(head), [message]));
}

test("a document without a schema may have any field, and one with a list of anything any key", () => {
  assert.deepEqual(said("documents: { idea: {} }\nentities: { epic: { from: idea.epics, key: id } }"), []);
  assert.deepEqual(
    said("documents: { a-b: { schema: { c: [any] } } }\nentities: { epic: { from: a_b.c, key: id } }"),
    [],
  );
});

test("a secret's name is a name", () => {
  const text = "workflow: x\nsecrets: [mail key]\nsteps:\n  - function: audit\n";
  const { diagnostics } = compileWorkflow({ file: "x.workflow.yml", text }, world);
  assert.deepEqual(
    diagnostics.map(({ message }) => message),
    ["'mail key' is not the name of a secret"],
  );
});
