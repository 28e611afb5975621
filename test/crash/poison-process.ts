// A process with many runs, one of which kills it. usage: node poison-process.ts <folder> <loading|taking-in> <counted|uncounted> <runs>
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { compileWorkflow } from "../../src/language/compile.ts";
import { isTerminal } from "../../src/machine/states.ts";
import type { Action } from "../../src/ports/action.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { scope } from "./life.ts";

const [folder = "", poison, counting, many = ""] = process.argv.slice(2);
const runs = Number(many);
const poisoned = runs / 2;
const operator = { id: "test:operator", roles: ["operator"] };
const text = `workflow: w
inputs: { n: integer }
steps: [{ id: a, function: work, with: { n: "\${inputs.n}" } }, { id: b, set: { x: "\${a.output.n}" } }, { id: c, function: work, with: { n: "\${b.output.x}" } }]
`;
const { plan } = compileWorkflow({ file: "w.yml", text }, { functions: ["work"], assignments: [], roles: [] });
if (plan === undefined) throw new Error("The workflow of this test does not compile.");
const version = { digest: "v", workflow: "w", draft: true, file: "w.yml", source: text, plan };

await using opening = new AsyncDisposableStack();
const clock = createRealClock();
const holder = { pid: process.pid, host: hostname(), startedAt: clock.now() };
const store = opening.use(await openSqliteStore({ folder, holder, synchronous: "full" }));
const host = opening.use(createLocalHost(clock, () => process.exit(3)));
const isFirst = (await store.journal.list(scope, { limit: 1 })).length === 0;
const deadly = { enumerable: true, get: die };
let calls = 0;
const action: Action = {
  async run({ input }) {
    const { n } = input as { readonly n: number };
    calls += 1;
    if (poison === "loading" && isFirst && calls === runs) die();
    // As something in a value that the engine does not survive.
    return { output: poison === "taking-in" && n === poisoned ? Object.defineProperty({}, "n", deadly) : { n } };
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const engine = opening.use(
  await openEngine({
    store: { ...store, journal: poisonous(store.journal) },
    host,
    action,
    clock,
    chance: Math.random,
    randomBytes: () => randomBytes(10),
  }),
);
const starts = Array.from({ length: runs }, (_, n) =>
  engine.start({ scope, principal: operator, version, input: { n }, env: {}, dedupeKey: `run-${n}` }),
);
const rows = (await Promise.all(starts)).map(({ row }) => row);
const culprit = rows[poisoned]?.key.run;
for (;;) {
  const now = await Promise.all(rows.map(({ key }) => engine.row(key)));
  if (now.every(({ summary }) => isTerminal(summary.status))) {
    const aside = now.filter(({ summary }) => summary.error?.code === "run.set-aside").map(({ key }) => key.run);
    const completed = now.filter(({ summary }) => summary.status === "completed").length;
    process.stdout.write(JSON.stringify({ completed, aside, culprit }));
    break;
  }
  await new Promise((resolve) => void setTimeout(resolve, 20));
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

/** The journal, of which one run cannot be read to its end without dying. Where deaths are not counted, every run looks as if it had caused none. */
function poisonous(journal: Journal): Journal {
  return {
    ...journal,
    async *read(key, fromSeq) {
      for await (const segment of journal.read(key, fromSeq)) {
        yield segment;
        if (poison === "loading" && segment.seq === 1 && segment.events.includes(`"input":{"n":${poisoned}}`)) die();
      }
    },
    async row(key) {
      const row = await journal.row(key);
      return row === undefined || counting === "counted" ? row : { ...row, tries: 0 };
    },
  };
}
