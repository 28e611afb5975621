import assert from "node:assert/strict";
import { test } from "node:test";
import { saidFailure } from "./failure.ts";

const texts: readonly (readonly [text: string, code: string])[] = [
  ["MCP error -32602: Tool frobnicate not found", "tool.not-allowed"],
  ["MCP error -32602: Unknown tool: frobnicate", "tool.not-allowed"],
  ["Unknown tool: frobnicate", "tool.not-allowed"],
  ["MCP error -32602: Tool write disabled", "tool.not-allowed"],
  ["MCP error -32601: Method not found", "tool.input-invalid"],
  ["MCP error -32602: Input validation error: Invalid arguments for tool echo", "tool.input-invalid"],
  ["Input validation error: Invalid arguments for tool say: data/text must be string", "tool.input-invalid"],
  ["The invoice was not found", "tool.failed"],
  ["I looked for an unknown tool in the shed", "tool.failed"],
  ["", "tool.failed"],
];

for (const [text, code] of texts) {
  test(`a tool that says '${text}' comes to ${code}`, () => {
    assert.equal(saidFailure("The tool", text).code, code);
  });
}

test("of a long text the beginning is told, on one line", () => {
  const { message } = saidFailure("The tool", `a\n${"b".repeat(10_000)}`);
  assert.ok(message.startsWith("The tool failed: a b") && message.length < 600);
});
