import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleOf, openProject, type Project } from "../../../test/functions/project.ts";
import { callOf } from "../../../test/mcp/stage.ts";
import { hasCode, messageOf } from "../../base/error.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { FunctionActionPart } from "../../language/connector-kinds.ts";
import type { EffectClass } from "../../ports/action.ts";
import type { ToolReply } from "../../ports/connector.ts";
import { createFunctionConnector } from "./function-connector.ts";

function desk(part: FunctionActionPart, effect: EffectClass = "keyed"): ConnectorDescriptor {
  const close = { title: "Closes a case", effect, input: { type: "object" }, function: part };
  return { name: "desk", version: "1.0.0", title: "Desk", kind: "function", actions: { close } };
}

const surroundings = { settings: { token: "s3cret-value" }, signal: new AbortController().signal };

function call(project: Project, descriptor: ConnectorDescriptor, input: JsonObject = {}): Promise<ToolReply> {
  return createFunctionConnector(project.action).call(descriptor, callOf(descriptor, "close", input), surroundings);
}

const module = "connectors/desk/close.mjs";

test("a module gets its input, its settings, the key and the whole call, and leaves a receipt", async () => {
  await using project = openProject({
    [module]: moduleOf(`
      const { meta, input, settings } = ctx;
      const seen = { input, settings, key: meta.idempotencyKey, call: meta.call, step: meta.stepId, source: meta.source };
      return { output: seen, receipt: { remote_id: "7", before: { open: true } } };`),
  });
  const descriptor = desk({ module });
  const reply = await call(project, descriptor, { id: "7" });
  const sent = callOf(descriptor, "close", { id: "7" });
  assert.deepEqual(reply, {
    v: 1,
    output: {
      input: { id: "7" },
      settings: surroundings.settings,
      key: sent.key,
      call: sent,
      step: "file",
      source: module,
    },
    receipt: { remote_id: "7", url: null, before: { open: true } },
  });
});

test("an action that only reads leaves no receipt", async () => {
  await using project = openProject({ [module]: moduleOf("return { output: 1 };") });
  assert.deepEqual(await call(project, desk({ module }, "read")), { v: 1, output: 1 });
});

test("whether it was carried out is what its other module says", async () => {
  const find = "connectors/desk/find.mjs";
  await using project = openProject({
    [module]: moduleOf(""),
    [find]: moduleOf("return ctx.input.id === '7' ? { output: { id: '7' }, receipt: { remote_id: '7' } } : undefined;"),
  });
  const descriptor = desk({ module, find });
  const connector = createFunctionConnector(project.action);
  const look = (id: string) => connector.find(descriptor, callOf(descriptor, "close", { id }), surroundings);
  assert.deepEqual([(await look("7"))?.receipt?.remote_id, await look("8")], ["7", undefined]);
  const blind = desk({ module });
  await assert.rejects(connector.find(blind, callOf(blind, "close", {}), surroundings), (error) =>
    hasCode(error, "tool.failed"),
  );
});

const failures: readonly (readonly [what: string, body: string, code: string])[] = [
  ["throws", "throw new Error('no such case, ' + ctx.settings.token);", "tool.failed"],
  ["ends its process", "process.exit(1);", "tool.unavailable"],
  ["returns what it may not", "return { output: 1, vars: {} };", "tool.bad-answer"],
  ["asks for an operation of its own", "await ctx.once('a', () => 1); return {};", "tool.failed"],
];

for (const [what, body, code] of failures) {
  test(`a module that ${what} is ${code}, and no setting is in the message`, async () => {
    await using project = openProject({ [module]: moduleOf(body) });
    await assert.rejects(call(project, desk({ module })), (error) => {
      assert.equal((error as { code?: string }).code, code, messageOf(error));
      assert.ok(!messageOf(error).includes("s3cret"));
      return true;
    });
  });
}

test("a module that is not there, or lies outside of the project, is not configured", async () => {
  await using project = openProject({});
  for (const place of [module, "../../etc/passwd", "/etc/passwd", "connectors/../../x.mjs"])
    await assert.rejects(call(project, desk({ module: place })), (error) => hasCode(error, "connector.not-configured"));
});

test("what a module logs reaches whoever called it", async () => {
  await using project = openProject({ [module]: moduleOf("ctx.logger.warn('careful'); return {};") });
  const lines: string[] = [];
  const descriptor = desk({ module });
  await createFunctionConnector(project.action).call(descriptor, callOf(descriptor, "close", {}), {
    ...surroundings,
    log: (level, text) => lines.push(`${level}: ${text}`),
  });
  assert.deepEqual(lines, ["warn: careful"]);
});
