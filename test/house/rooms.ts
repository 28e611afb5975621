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
  { name: "machine", rooms: ["base", "language"], outside: [] },
  { name: "ports", rooms: ["base", "language", "machine"], outside: [] },
  // Connectors over HTTP: the guard, the connection that is pinned to what it checked, and what is made of answers.
  {
    name: "connectors/http",
    rooms: ["base", "language", "connectors", "ports"],
    outside: ["undici", "node:dns/promises", "node:net", "node:stream", "node:util", "node:zlib"],
  },
  { name: "engine", rooms: core, outside: [] },
  {
    // Both sides of a function's child process: the pool that starts it and the program that runs in it.
    name: "actions/function",
    rooms: ["base", "ports"],
    outside: [
      "node:async_hooks",
      "node:child_process",
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
  { name: "adapters/memory", rooms: ["base", "machine", "ports"], outside: [] },
  {
    name: "adapters/sqlite",
    rooms: ["base", "machine", "ports"],
    outside: ["node:sqlite", "node:fs", "node:os", "node:path", "node:worker_threads"],
  },
  { name: "adapters/postgres", rooms: ["base", "machine", "ports"], outside: ["pg"] },
  { name: "adapters/local-host", rooms: ["base", "ports"], outside: [] },
  { name: "testing", rooms: [...core, "engine", "adapters/memory"], outside: ["node:test", "node:assert/strict"] },
  {
    name: "app",
    rooms: [
      ...core,
      "connectors",
      "connectors/http",
      "engine",
      "actions/function",
      "adapters/memory",
      "adapters/sqlite",
      "adapters/postgres",
      "adapters/local-host",
    ],
    outside: [
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
    rooms: [...core, "app"],
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
