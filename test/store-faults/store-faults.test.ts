// The n-th call of the store fails, for every n of one flow: nothing acknowledged is lost, nothing is doubled, and the run comes to its end.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { createFaultySqlite, type FaultKind } from "./faulty-sqlite.ts";
import { flow, type FlowReport } from "./flow.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-faults-"));
after(() => rmSync(base, { recursive: true, force: true }));
/** More than any flow makes: a flow that does not end would be found here. */
const callsMax = 5000;

interface Point extends FlowReport {
  readonly nth: number;
  readonly where: string;
}

/** The flow again and again, with a fault at its first call, its second, and so on, until it ends without having met one. */
async function atEvery(kind: FaultKind): Promise<readonly Point[]> {
  const points: Point[] = [];
  using sqlite = createFaultySqlite();
  for (let nth = 1; nth <= callsMax; nth += 1) {
    const folder = mkdtempSync(path.join(base, "store-"));
    sqlite.arm(kind, nth);
    const report = await flow(folder, () => sqlite.disarm());
    rmSync(folder, { recursive: true });
    if (!sqlite.met) return points;
    points.push({ ...report, nth, where: sqlite.where });
  }
  assert.fail(`more than ${callsMax} calls`);
}

const broken = (points: readonly Point[]) =>
  points.flatMap(({ nth, where, problems }) => problems.map((problem) => `call ${nth} (${where}): ${problem}`));

for (const kind of ["io-error", "io-error-after"] as const) {
  test(`after an I/O error at any call (${kind}) the next start finds everything that was acknowledged`, async (context) => {
    const points = await atEvery(kind);
    context.diagnostic(JSON.stringify({ test: "store-faults", kind, points: points.length }));
    assert.ok(points.length > (kind === "io-error" ? 50 : 7), `${points.length} points`);
    assert.deepEqual(broken(points), []);
    const stopped = points.filter(({ opened }) => opened > 1);
    assert.ok(stopped.length > points.length / 2, `${stopped.length} of ${points.length} stopped the engine`);
  });
}

for (const kind of ["full", "busy"] as const) {
  test(`after a clean refusal at any call (${kind}) the run goes on by itself`, async (context) => {
    const points = await atEvery(kind);
    context.diagnostic(JSON.stringify({ test: "store-faults", kind, points: points.length }));
    assert.ok(points.length > 7, `${points.length} points`);
    assert.deepEqual(broken(points), []);
    const stopped = points.filter(({ opened, told }) => opened > 1 && !told.some((code) => code.startsWith("open: ")));
    assert.deepEqual(stopped, [], "a clean refusal stops nothing");
  });
}

test("control: a store that swallows the error of a commit is found out", async () => {
  const points = await atEvery("swallowed");
  const problems = broken(points).join("\n");
  // Not at every commit: the start of a step that is lost at once is simply written again.
  assert.match(problems, /was called again after its end was durable/);
  assert.match(problems, /commit \d+ is gone/);
  assert.match(problems, /0 runs instead of one/);
});
