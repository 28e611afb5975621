// `ctx.once` in real processes, without an engine: the door is one of the test's own, so that everything that passes it is seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleOf, openProject, type Project } from "../../../test/functions/project.ts";
import { type ErrorCode, RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Effect, Once } from "../../ports/action.ts";

interface Passed {
  readonly effect: Effect;
  receipt?: Json;
  error?: unknown;
}

/** A door that keeps what passes it; `known` are the receipts that it has already. */
function openDoor(known: Readonly<Record<string, Json>> = {}): { readonly once: Once; readonly passed: Passed[] } {
  const passed: Passed[] = [];
  const once: Once = async (effect, carryOut) => {
    const pass: Passed = { effect };
    passed.push(pass);
    const receipt = known[effect.name];
    if (receipt !== undefined) return receipt as Awaited<ReturnType<typeof carryOut>>;
    try {
      const made = await carryOut({
        key: `key of ${effect.name}`,
        signal: new AbortController().signal,
        policy: { rules: [], version: "" },
      });
      pass.receipt = made;
      return made;
    } catch (error) {
      pass.error = error;
      throw error;
    }
  };
  return { once, passed };
}

const chargeModule = moduleOf(`
  const receipt = await ctx.once("charge", (key, signal) => ({ key, aborted: signal.aborted }), { args: { b: 1, a: [2] } });
  return { output: receipt };
`);

test("a module gets the key and the signal, and its receipt comes back as it is kept", async () => {
  await using project = openProject({ "functions/pay.mjs": chargeModule });
  const { once, passed } = openDoor();
  const receipt = { key: "key of charge", aborted: false };
  assert.deepEqual(await project.output("pay", { once }), receipt);
  const [{ effect }] = passed as [Passed];
  assert.deepEqual([effect.name, effect.class, effect.digest?.length], ["charge", "keyed", 64]);
  assert.deepEqual(passed[0]?.receipt, receipt);
});

test("with a receipt nothing is called, and the order of fields does not change what an operation is", async () => {
  await using project = openProject({
    "functions/pay.mjs": moduleOf(`
      const args = ctx.input === 1 ? { a: [2], b: 1 } : { b: 1, a: [2] };
      const receipt = await ctx.once("charge", () => { throw new Error("it was called"); }, { args, class: "blind" });
      return { output: receipt };`),
  });
  const { once, passed } = openDoor({ charge: "paid" });
  assert.equal(await project.output("pay", { once, input: 1 }), "paid");
  assert.equal(await project.output("pay", { once, input: 2 }), "paid");
  assert.equal(new Set(passed.map(({ effect }) => effect.digest)).size, 1);
  assert.equal(passed[0]?.effect.class, "blind");
});

test("many operations go at once, each gets its own receipt, and they are asked for in the order of the calls", async () => {
  await using project = openProject({
    "functions/many.mjs": moduleOf(`
      const names = Array.from({ length: 40 }, (_, at) => "n" + at);
      const all = await Promise.all(names.map((name, at) => ctx.once(name, async (key) => {
        await new Promise((next) => setTimeout(next, (40 - at) % 7));
        return [key, "x".repeat(20_000)];
      })));
      return { output: all.map(([key]) => key) };`),
  });
  const { once, passed } = openDoor();
  const keys = Array.from({ length: 40 }, (_, at) => `key of n${at}`);
  assert.deepEqual(await project.output("many", { once }), keys);
  assert.deepEqual(
    passed.map(({ effect }) => `key of ${effect.name}`),
    keys,
  );
});

test("what fails in an operation is the module's own error, and has no receipt", async () => {
  await using project = openProject({
    "functions/fail.mjs": moduleOf(`
      const said = await ctx.once("charge", () => { throw new RangeError("no money"); }).catch((error) => error instanceof RangeError && error.message);
      return { output: said };`),
  });
  const { once, passed } = openDoor();
  assert.equal(await project.output("fail", { once }), "no money");
  assert.ok(passed[0]?.error instanceof RunwrightError && passed[0].receipt === undefined);
});

test("what the door refuses, and what a module may not ask, is an error that no further attempt mends", async () => {
  await using project = openProject({
    "functions/refused.mjs": moduleOf(`await ctx.once("charge", () => 1);`),
    "functions/odd.mjs": moduleOf(`await ctx.once("charge");`),
    "functions/args.mjs": moduleOf(`await ctx.once("charge", () => 1, { args: { at: new Date(0) } });`),
    "functions/nested.mjs": moduleOf(`await ctx.once("outer", async () => { await ctx.once("inner", () => 1); });`),
  });
  const refuse: Once = () => Promise.reject(new RunwrightError("effect.mismatch", "It is another one."));
  await failsWith(project, "refused", { once: refuse }, ["function.refused", /It is another one/]);
  await failsWith(project, "odd", {}, ["function.refused", /takes a text and a function/]);
  await failsWith(project, "args", {}, [
    "function.refused",
    /args of ctx\.once\('charge'\) are no JSON: args\.at is a Date/,
  ]);
  await failsWith(project, "nested", {}, [
    "function.refused",
    /ctx\.once\('inner'\) stands inside ctx\.once\('outer'\)/,
  ]);
});

test("a receipt that cannot be kept says so to both sides", async () => {
  await using project = openProject(
    {
      "functions/large.mjs": moduleOf(`await ctx.once("charge", () => "x".repeat(1000));`),
      "functions/date.mjs": moduleOf(`await ctx.once("charge", () => ({ at: new Date(0) }));`),
      "functions/trap.mjs": moduleOf(
        `await ctx.once("charge", () => new Proxy({}, { ownKeys() { throw new Error("trap"); } }));`,
      ),
      "functions/nothing.mjs": moduleOf(`return { output: await ctx.once("charge", () => {}) };`),
    },
    { limits: { valueBytesMax: 1000 } },
  );
  for (const [name, code, message] of [
    ["large", "step.value-too-large", /has 1002 bytes; at most 1000 are kept/],
    ["date", "effect.receipt-invalid", /receipt\.at is a Date/],
    ["trap", "function.failed", /failed/],
  ] as const) {
    const { once, passed } = openDoor();
    await assert.rejects(project.call(name, { once }));
    const error = passed[0]?.error;
    assert.ok(error instanceof RunwrightError && error.code === code, String(error));
    assert.match(error.message, message);
  }
  assert.equal(await project.output("nothing"), null);
});

test("an operation ends with its process, and what comes after its call is kept all the same", async () => {
  await using project = openProject({
    "functions/die.mjs": moduleOf(`await ctx.once("charge", () => process.kill(process.pid, "SIGKILL"));`),
    "functions/leave.mjs": moduleOf(
      `void ctx.once("charge", () => new Promise((done) => setTimeout(done, 100, "late"))); await new Promise((next) => setTimeout(next, 50));`,
    ),
    "functions/pid.mjs": moduleOf("return { output: process.pid };"),
  });
  const dies = openDoor();
  await failsWith(project, "die", { once: dies.once }, ["function.crashed", /SIGKILL/]);
  assert.ok(dies.passed[0]?.error instanceof RunwrightError);

  const leaves = openDoor();
  await project.call("leave", { once: leaves.once });
  const deadline = performance.now() + 20_000;
  while (leaves.passed[0]?.receipt === undefined) {
    assert.ok(performance.now() < deadline, "the late receipt did not come");
    await project.call("pid");
  }
  assert.equal(leaves.passed[0].receipt, "late");
});

test("nothing that a process says about operations harms the engine", async () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const ask = (effect: string, operation = "1"): string =>
    `{"kind":"once","id":ID,"operation":${operation},"effect":${effect}}`;
  const fine = `{"name":"a","class":"keyed"}`;
  const hostile = [
    ask("5"),
    ask("{}"),
    ask(`{"name":"a"}`),
    ask(`{"name":5,"class":"keyed"}`),
    ask(`{"name":"a","class":"keyed","digest":"short"}`),
    ask(`{"name":"a","class":"keyed","digest":${deep}}`),
    ask(fine, `"1"`),
    // A receipt that nobody was told to make, one for what is not there, and the same operation twice.
    `{"kind":"received","id":ID,"operation":1,"receipt":1}`,
    `{"kind":"received","id":-1,"operation":"x","receipt":1}`,
    `{"kind":"received","id":ID,"operation":1}`,
    `${ask(fine)}\n{"kind":"received","id":ID,"operation":1,"receipt":${deep}}`,
    `${ask(fine)}\n${ask(fine)}`,
    `{"kind":"threw","id":ID,"operation":1}`,
    `${ask(fine)}\n{"kind":"threw","id":ID,"operation":1,"problem":{"code":"internal","message":"x"}}`,
  ];
  const raw = `import { writeSync } from "node:fs";
    const write = (text) => { for (let rest = Buffer.from(text); rest.length > 0; ) try { rest = rest.subarray(writeSync(3, rest)); } catch (error) { if (error.code !== "EAGAIN") throw error; } };`;
  await using project = openProject({
    "functions/say.mjs": raw + moduleOf(`write(ctx.input + "\\n"); await new Promise(() => {});`),
    "functions/flood.mjs":
      raw +
      moduleOf(
        `for (let n = 1; ; n += 1) write('{"kind":"once","id":${hostile.length + 1},"operation":' + n + ',"effect":${fine}}\\n');`,
      ),
  });
  const never: Once = () => new Promise(() => undefined);
  const wrong = [["function.crashed", /did not speak the engine's language/]] as const;
  for (const [index, line] of hostile.entries()) {
    // Calls are numbered from 1.
    const input = line.replaceAll("ID", String(index + 1));
    await failsWith(project, "say", { once: never, input }, ...wrong);
  }
  let asked = 0;
  const counted: Once = () => {
    asked += 1;
    return Promise.reject(new RunwrightError("effect.too-many", "Too many."));
  };
  await failsWith(project, "flood", { once: counted }, ["function.crashed", /it sent too many lines/]);
  assert.ok(asked <= 10_000, `${asked} questions`);
});

async function failsWith(
  project: Project,
  name: string,
  change: Parameters<Project["call"]>[1],
  [code, message]: readonly [ErrorCode, RegExp],
): Promise<void> {
  await assert.rejects(project.call(name, change), (error) => {
    assert.ok(error instanceof RunwrightError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  });
}
