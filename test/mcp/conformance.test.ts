// The protocol's own cases for clients. Not among them: those in which a server asks a person or a model, and those of OAuth, which our connector does not do.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { root } from "../house/sources.ts";

const main = path.join(root, "node_modules/@modelcontextprotocol/conformance/dist/index.js");

function runCase(scenario: string, client: string): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, "client", "--command", `${process.execPath} ${client}`, "--scenario", scenario],
    { cwd: root, encoding: "utf8", timeout: 100_000 },
  );
  return { status, said: `${stdout}${stderr}` };
}

for (const scenario of ["initialize", "tools_call", "sse-retry"]) {
  test(`our client passes the protocol's case ${scenario}`, { timeout: 120_000 }, () => {
    const { status, said } = runCase(scenario, "test/mcp/conformance-client.ts");
    assert.equal(status, 0, said);
    assert.match(said, /OVERALL: PASSED/);
  });
}

test("control: a client that does nothing fails the case", { timeout: 120_000 }, () => {
  const { status, said } = runCase("tools_call", "-e 0");
  assert.ok(status !== 0 && !said.includes("OVERALL: PASSED"), said);
});
