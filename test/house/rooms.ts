/** One room of the house: a folder under `src` (or one file there) and everything it may import besides itself. */
export interface Room {
  readonly name: string;
  /** Rooms below this one. */
  readonly rooms: readonly string[];
  /** Packages and Node modules, by the name that stands in the import. */
  readonly outside: readonly string[];
}

const core = ["base", "language", "machine", "ports"] as const;

/** The plan of the house, lowest floor first. To add a room or to let a room import something new, change this table. */
export const rooms: readonly Room[] = [
  { name: "base", rooms: [], outside: ["node:crypto"] },
  { name: "language", rooms: ["base"], outside: ["yaml", "@marcbachmann/cel-js", "re2js", "ajv"] },
  // Connectors as data, and the reader for those of a project.
  { name: "connectors", rooms: ["base", "language"], outside: [] },
  // Programs that are started, each with everything it starts in turn, and their end with ours.
  { name: "processes", rooms: ["base"], outside: ["node:child_process", "node:stream"] },
  { name: "machine", rooms: ["base", "language"], outside: [] },
  { name: "ports", rooms: ["base", "language", "machine"], outside: [] },
  // Connectors over HTTP: the guard, the connection that is pinned to what it checked, and what is made of answers.
  {
    name: "connectors/http",
    rooms: ["base", "language", "connectors", "ports"],
    outside: ["undici", "node:dns/promises", "node:net", "node:stream", "node:util", "node:zlib"],
  },
  // The chain over the audit log, its checkpoints, what links it and what looks it through.
  { name: "audit", rooms: ["base", "ports"], outside: ["node:crypto"] },
  { name: "engine", rooms: core, outside: [] },
  // Rules as data, and what they say of a request.
  { name: "policy", rooms: ["base", "language", "ports"], outside: [] },
  // Where secrets come from, and the texts without them.
  { name: "vault", rooms: ["base", "ports"], outside: ["node:child_process", "node:fs/promises", "node:path"] },
  {
    name: "connectors/built-in",
    rooms: ["base", "language", "connectors", "ports", "processes"],
    outside: ["nodemailer", "node:crypto", "node:fs", "node:fs/promises", "node:net", "node:path", "node:stream"],
  },
  {
    name: "connectors/mcp",
    rooms: ["base", "language", "connectors", "ports", "processes"],
    outside: ["@modelcontextprotocol/client", "node:path"],
  },
  {
    // Both sides of a function's child process: the pool that starts it and the program that runs in it.
    name: "actions/function",
    rooms: ["base", "ports", "processes"],
    outside: [
      "node:async_hooks",
      "node:child_process",
      "node:crypto",
      "node:fs",
      "node:module",
      "node:net",
      "node:os",
      "node:path",
      "node:string_decoder",
      "node:url",
      "node:util",
    ],
  },
  // Actions that are modules of the project; the pool that runs them is handed in.
  { name: "connectors/function", rooms: ["base", "language", "connectors", "ports"], outside: [] },
  // Calls of tools, and conversations with models in which every call is an operation of its own.
  { name: "actions/tool", rooms: ["base", "language", "ports"], outside: [] },
  { name: "actions/llm", rooms: ["base", "language", "ports", "actions/tool"], outside: [] },
  { name: "adapters/memory", rooms: ["base", "machine", "ports"], outside: [] },
  {
    name: "adapters/sqlite",
    rooms: ["base", "machine", "ports"],
    outside: ["node:sqlite", "node:fs", "node:os", "node:path", "node:worker_threads"],
  },
  { name: "adapters/postgres", rooms: ["base", "machine", "ports"], outside: ["pg"] },
  { name: "adapters/local-host", rooms: ["base", "ports"], outside: [] },
  {
    // The makers of models. `ai` and its packages are loaded at the first call.
    name: "providers",
    rooms: ["base", "language", "machine", "ports"],
    outside: [
      "ai",
      "@ai-sdk/anthropic",
      "@ai-sdk/azure",
      "@ai-sdk/google",
      "@ai-sdk/openai",
      "@ai-sdk/openai-compatible",
      "@ai-sdk/xai",
      "undici",
    ],
  },
  { name: "testing", rooms: [...core, "engine", "adapters/memory"], outside: ["node:test", "node:assert/strict"] },
  {
    name: "app",
    rooms: [
      ...core,
      "audit",
      "connectors",
      "connectors/built-in",
      "connectors/function",
      "connectors/mcp",
      "processes",
      "connectors/http",
      "engine",
      "policy",
      "vault",
      "actions/function",
      "actions/llm",
      "actions/tool",
      "adapters/memory",
      "adapters/sqlite",
      "adapters/postgres",
      "adapters/local-host",
      "providers",
    ],
    outside: [
      "node:child_process",
      "node:crypto",
      "node:fs",
      "node:fs/promises",
      "node:http",
      "node:os",
      "node:path",
      "node:url",
      "package.json",
    ],
  },
  {
    name: "cli",
    rooms: [...core, "app", "audit"],
    outside: [
      "commander",
      "@clack/prompts",
      "node:fs",
      "node:fs/promises",
      "node:path",
      "node:process",
      "node:timers/promises",
      "node:url",
      "node:util",
      "package.json",
    ],
  },
  { name: "index.ts", rooms: [...core, "actions/function", "app"], outside: [] },
];
