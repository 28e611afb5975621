import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../language/diagnostic.ts";
import { annotation } from "./annotations.ts";

const text = "workflow: x\nsteps:\n  - set: { n: 1 }\n";

function annotated(extra: Partial<Diagnostic>, file = "a.workflow.yml"): string {
  const range = { start: text.indexOf("set"), end: text.indexOf("set") + 3 };
  return annotation(
    { severity: "error", code: "E011", message: "this step has no id", path: "", range, ...extra },
    { file, text },
  );
}

test("a problem becomes a workflow command with its place, its code and its hint", () => {
  assert.equal(
    annotated({ hint: "add id: set" }),
    "::error file=a.workflow.yml,line=3,col=5,endColumn=8,title=E011::this step has no id%0Aadd id: set",
  );
  assert.match(annotated({ severity: "warning" }), /^::warning file=/);
});

test("a range over several lines has no end column", () => {
  assert.match(annotated({ range: { start: 0, end: text.length } }), /line=1,col=1,title=/);
});

test("nothing in a file or its name can begin a property or a command of its own", () => {
  assert.equal(
    annotated({ message: "'a\r\n::error::b\r%0A\u001b[31m' is 100%" }, "a,line=9:%2C.yml"),
    "::error file=a%2Cline=9%3A%252C.yml,line=3,col=5,endColumn=8,title=E011::'a%0A::error::b%250A' is 100%25",
  );
});
