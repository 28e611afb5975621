import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { startGitHub } from "../stand-ins/github.ts";
import { builtIn, callerOf } from "./caller.ts";

const repo = "acme/shop";

test("every action of github-issues@1.0.0 does what it says", async () => {
  await using github = await startGitHub();
  await using issues = callerOf("github-issues", github.settings);
  const read = (await issues.call("get_issue", { repo, number: 1 })).output as JsonObject;
  assert.deepEqual(
    [read["title"], read["labels"], read["state"], typeof read["etag"]],
    ["It breaks", ["bug"], "open", "string"],
  );
  const made = await issues.call("create_issue", { repo, title: "More", labels: ["bug"] });
  const url = "https://github.example/acme/shop/issues/2";
  assert.deepEqual(made.receipt, { remote_id: "2", url, before: { repo, number: 2, state: "closed" } });
  const changed = await issues.call("update_issue", { repo, number: 2, state: "closed", labels: [] });
  assert.deepEqual(changed.receipt?.before, { repo, number: 2, state: "open", labels: ["bug"] });
  const same = await issues.call("update_issue", { repo, number: 2, state: "closed" }, "same");
  assert.equal(same.receipt?.before, null, "nothing was changed");
  const comment = await issues.call("add_comment", { repo, number: 1, body: "Seen." });
  assert.deepEqual(comment.receipt?.before, { repo, id: "701" });
  await issues.call("delete_comment", { repo, id: "701" });
  assert.deepEqual((await issues.call("delete_comment", { repo, id: "701" })).output, { id: "701" }, "gone already");
  assert.deepEqual([...issues.called].toSorted(), Object.keys(builtIn("github-issues").actions).toSorted());
});

test("an issue and a comment whose answer was lost are found by what nobody sees in their text", async () => {
  await using github = await startGitHub();
  await using issues = callerOf("github-issues", github.settings);
  for (let each = 0; each < 150; each += 1) await issues.call("create_issue", { repo, title: `${each}` }, `${each}`);
  for (const [action, input] of [
    ["create_issue", { repo, title: "Lost" }],
    ["add_comment", { repo, number: 1, body: "Lost" }],
  ] as const) {
    assert.equal(await issues.find(action, input), undefined);
    github.fail({ kind: "apply-drop" });
    await assert.rejects(issues.call(action, input), (error) => hasCode(error, "tool.unavailable"));
    assert.equal((await issues.find(action, input))?.receipt?.remote_id, action === "add_comment" ? "701" : "152");
  }
  const first = await issues.find("create_issue", { repo, title: "0" }, "0");
  assert.equal(first?.receipt?.remote_id, "2", "it stands on the second page");
});

test("a refusal for too many requests is no refusal of the user", async () => {
  await using github = await startGitHub();
  await using issues = callerOf("github-issues", github.settings);
  const isAny = (): boolean => true;
  const told = {
    status: 403,
    headers: { "x-ratelimit-remaining": "0", "retry-after": "60" },
    body: { message: "Slow down" },
  };
  github.fail({ kind: "answer", told }, isAny);
  await assert.rejects(issues.call("get_issue", { repo, number: 1 }), {
    code: "tool.rate-limited",
    retryAfterMs: 60_000,
  });
  github.fail({ kind: "answer", told: { status: 403, body: { message: "Resource not accessible" } } }, isAny);
  await assert.rejects(issues.call("get_issue", { repo, number: 1 }), (error) => hasCode(error, "tool.unauthorised"));
});
