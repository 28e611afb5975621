// Flows in which secrets go out in settings of connectors and in keys of providers, and come back on every way that these have.
import { writeFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { bentServer, openStage } from "../mcp/stage.ts";

/** Connectors by alias, each with the action that hands its secret back. */
const ways = {
  // Another system that shows the request, in its answer and in its error.
  mirror: "mirror.get",
  refuser: "mirror.refuse",
  // A tool server that shows its environment.
  server: "server.environment",
  // A module that shows and throws its settings.
  shower: "module.show",
  thrower: "module.throw",
} as const;

type Way = keyof typeof ways;

/** The files of these flows: each secret has connectors of its own, since only settings that are written down hold secrets. */
export function toolWorkflows(names: readonly string[], url: string): Readonly<Record<string, string>> {
  const aliases = (name: string): string =>
    [
      `  mirror-${name}: { use: mirror@1.0.0, with: { url: "${url}", token: "\${secrets.${name}}" } }\n`,
      `  server-${name}: { use: server@1.0.0, with: { token: "\${secrets.${name}}" } }\n`,
      `  module-${name}: { use: module@1.0.0, with: { token: "\${secrets.${name}}" } }\n`,
    ].join("");
  const head = `inputs: { url: string, name: string, as: string, desk: string, echo: string }
secrets: [${names.join(", ")}]
models: { repeats: mouth/repeats-2026-01-01, fails: mouth/fails-2026-01-01 }
connectors:
${names.map(aliases).join("")}limits: { tokens: 1000000 }
steps:
`;
  return {
    tools: head + names.flatMap((name) => Object.keys(ways).map((way) => toolStep(name, way as Way))).join(""),
    asks: head + names.flatMap((name) => Object.keys(ways).map((way) => askStep(name, way as Way))).join("") + failing,
  };
}

function actionOf(name: string, way: Way): string {
  return ways[way].replace(".", `-${name}.`);
}

function toolStep(name: string, way: Way): string {
  const given = way === "server" ? "{}" : `{ name: ${name}, as: "\${inputs.as}" }`;
  return `  - id: ${way}-${name.toLowerCase()}
    if: inputs.name == "${name}"
    tool: ${actionOf(name, way)}
    with: ${given}
    on_failure: continue
`;
}

function askStep(name: string, way: Way): string {
  return `  - id: ${way}-${name.toLowerCase()}
    if: inputs.name == "${name}"
    llm: repeats
    prompt: '{"name":"${name}","as":"\${inputs.as}","bare":${way === "server"}}'
    tools: [${actionOf(name, way)}]
    on_failure: continue
`;
}

const failing = "  - id: refused\n    llm: fails\n    prompt: Hello\n    on_failure: continue\n";

const input = {
  type: "object",
  properties: { name: { type: "string" }, as: { type: "string" } },
  required: ["name", "as"],
  additionalProperties: false,
};
const settings = {
  type: "object",
  properties: { url: { type: "string" }, token: { type: "string", format: "password" } },
};

/** Writes what these flows need besides their files: connectors of every kind. */
export async function writeConnectors(folder: string): Promise<void> {
  const request = { path: "/${input.name}", query: { as: "${input.as}" } };
  const refused = { path: "/${input.name}", query: { as: "${input.as}", fails: "json" } };
  const read = { title: "Reads", effect: "read", input } as const;
  write(folder, "connectors/mirror@1.0.0.json", {
    name: "mirror",
    version: "1.0.0",
    title: "A mirror",
    kind: "http",
    settings,
    http: {
      base: "${settings.url}",
      auth: { basic: { user: "ada", password: "${settings.token}" } },
      message: "response.body.error",
    },
    actions: {
      get: { ...read, http: { request, output: "${response.body}" } },
      refuse: { ...read, http: { request: refused, output: "${response.body}" } },
    },
  });
  write(folder, "connectors/module@1.0.0.json", {
    name: "module",
    version: "1.0.0",
    title: "A module",
    kind: "function",
    settings,
    actions: {
      show: { ...read, function: { module: "connectors/module/show.mjs" } },
      throw: { ...read, function: { module: "connectors/module/throw.mjs" } },
    },
  });
  mkdirSync(path.join(folder, "connectors/module"));
  writeFileSync(
    path.join(folder, "connectors/module/show.mjs"),
    "export default async (ctx) => (console.log(ctx.settings), { output: { seen: ctx.settings } });\n",
  );
  writeFileSync(
    path.join(folder, "connectors/module/throw.mjs"),
    "export default async (ctx) => {\n  throw new Error(`It was ${ctx.settings.token}, or ${JSON.stringify(ctx.settings)}`);\n};\n",
  );
  await using stage = openStage();
  const mcp = { ...bentServer(), env: { THE_TOKEN: "${settings.token}" } };
  const described = await stage.describe(
    mcp,
    { name: "server", actions: { environment: {} }, settings },
    { token: "none" },
  );
  write(folder, "connectors/server@1.0.0.json", described);
}

function write(folder: string, name: string, value: unknown): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), JSON.stringify(value));
}
