// Calls per second of functions that do nothing, in their real processes: `node bench/functions.ts [rounds]`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { createFunctionAction } from "../src/actions/function/function-action.ts";
import { functionLimits } from "../src/actions/function/limits.ts";
import type { Action, FunctionCall } from "../src/ports/action.ts";
import { median } from "./probe.ts";

const callsPerRound = 10_000;
const rounds = Number(process.argv[2] ?? "5");
const { signal } = new AbortController();

const root = mkdtempSync(path.join(tmpdir(), "runwright-bench-"));
mkdirSync(path.join(root, "functions"));
writeFileSync(path.join(root, "functions/noop.mjs"), "export default async function run() {}\n");

console.log(`${availableParallelism()} cores, Node ${process.version}, ${callsPerRound} calls a round`);
for (const size of [1, 2, 4]) {
  // What replacing processes costs shows beside pools that keep theirs.
  for (const callsMax of [functionLimits.callsMax, Number.MAX_SAFE_INTEGER]) await measure(size, callsMax);
}
rmSync(root, { recursive: true });

async function measure(size: number, callsMax: number): Promise<void> {
  const limits = { ...functionLimits, callsMax };
  const fixed = { root, size, limits, readFolders: [], writeFolders: [], config: {} };
  await using action = createFunctionAction(fixed);
  const began = performance.now();
  await action.run(callOf(0), signal);
  const firstCallMs = Math.round(performance.now() - began);

  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push(await rateOf(action, size));
  const replaced = callsMax === functionLimits.callsMax ? `every ${callsMax} calls` : "never";
  console.log(JSON.stringify({ size, replaced, firstCallMs, callsPerSecond: median(rates), rounds: rates }));
}

async function rateOf(action: Action<FunctionCall>, size: number): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < callsPerRound) {
      next += 1;
      await action.run(callOf(next), signal);
    }
  };
  const began = performance.now();
  // Twice as many callers as processes, so that none is idle while its next call is on the way.
  await Promise.all(Array.from({ length: size * 2 }, lane));
  return Math.round((callsPerRound / (performance.now() - began)) * 1000);
}

function callOf(index: number): FunctionCall {
  return {
    key: { tenant: "local", workspace: "default", run: "r00000000000000000000000000" },
    workflow: "bench",
    version: "0".repeat(64),
    path: `items[${index}]/noop`,
    step: "noop",
    attempt: 1,
    principal: "local:bench",
    idempotencyKey: "0".repeat(64),
    verb: "function",
    name: "noop",
    input: { index },
    refs: () => ({}),
    env: {},
    log: () => undefined,
    once: (_effect, carryOut) => carryOut({ key: "0".repeat(64), signal, policy: { rules: [], version: "" } }),
  };
}
