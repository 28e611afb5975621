import assert from "node:assert/strict";
import { hasCode } from "../../base/error.ts";
import type { Blob } from "../../ports/journal.ts";
import { acme, answerOf, appendOf, driven, keyOf, newRun, other, refused, type Check } from "./world.ts";

function blobOf(digest: string, body = JSON.stringify(`body of ${digest} 😀 \u0000`)): Blob {
  return { digest, body };
}

/** Checks of large values. */
export const blobChecks: readonly Check[] = [
  {
    name: "blobs come with a new run and with an append, and stay",
    async run(open) {
      const store = await open();
      const lease = await driven(store.journal, "r1", { blobs: [blobOf("a"), blobOf("b")] });
      await store.journal.append([
        appendOf(lease, 2, { blobs: [blobOf("c")] }),
        answerOf(lease, { blobs: [blobOf("d")] }),
      ]);
      await using next = await store.reopen();
      const found = await next.journal.blobs(acme, ["d", "a", "c", "b", "a"]);
      const expected = ["a", "b", "c", "d"].map((digest) => [digest, blobOf(digest).body] as const);
      assert.deepEqual(new Map(found), new Map(expected));
      assert.equal((await next.journal.blobs(acme, [])).size, 0);
    },
  },
  {
    name: "blobs come with the runs that an append creates",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const creates = [newRun("r2", { blobs: [blobOf("a")] }), newRun("r1", { blobs: [blobOf("b")] })];
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { creates })]), ["ok"]);
      assert.equal((await store.journal.blobs(acme, ["a"])).get("a"), blobOf("a").body);
      await refused(store.journal.blobs(acme, ["b"]), "journal.damaged");
    },
  },
  {
    name: "a blob that is there already stays as it is, also within one batch and at the same moment",
    async run(open) {
      await using store = await open();
      const leases = await Promise.all(Array.from({ length: 8 }, (_, index) => driven(store.journal, `r${index}`)));
      const blobs = [blobOf("a", '"first"'), blobOf("a", '"second"'), blobOf("b")];
      const appends = leases.map((lease, index) =>
        store.journal.append([
          appendOf(lease, 2, { blobs: index % 2 === 0 ? blobs : blobs.toReversed() }),
          appendOf(lease, 3, { blobs: [blobOf(`${index}`)] }),
        ]),
      );
      assert.deepEqual(new Set((await Promise.all(appends)).flat()), new Set(["ok"]));
      const kept = (await store.journal.blobs(acme, ["a"])).get("a");
      assert.ok(kept === '"first"' || kept === '"second"', kept);
      await store.journal.create([newRun("r9", { blobs: [blobOf("a", '"third"')] })]);
      assert.equal((await store.journal.blobs(acme, ["a"])).get("a"), kept);
    },
  },
  {
    name: "a blob that is not there is damage, and is named",
    async run(open) {
      await using store = await open();
      await driven(store.journal, "r1", { blobs: [blobOf("a")] });
      await assert.rejects(
        store.journal.blobs(acme, ["a", "missing-one"]),
        (error) => hasCode(error, "journal.damaged") && error.message.includes("missing-one"),
      );
    },
  },
  {
    name: "an append or a start that is refused leaves no blob",
    async run(open) {
      await using store = await open();
      const old = await driven(store.journal, "r1", { dedupeKey: "k" });
      const lease = await store.journal.takeOver(old.key);
      const batch = [appendOf(old, 2, { blobs: [blobOf("a")] }), appendOf(lease, 9, { blobs: [blobOf("b")] })];
      assert.deepEqual(await store.journal.append(batch), ["fenced", "conflict"]);
      await store.journal.create([newRun("r2", { dedupeKey: "k", blobs: [blobOf("c")] })]);
      for (const digest of ["a", "b", "c"]) await refused(store.journal.blobs(acme, [digest]), "journal.damaged");
    },
  },
  {
    name: "a tenant's workspaces share its blobs, and another tenant does not see them",
    async run(open) {
      await using store = await open();
      await driven(store.journal, "r1", { blobs: [blobOf("a", '"ours"')] });
      const side = { tenant: acme.tenant, workspace: "side" };
      assert.equal((await store.journal.blobs(side, ["a"])).get("a"), '"ours"');
      await refused(store.journal.blobs(other, ["a"]), "journal.damaged");
      await store.journal.create([newRun("r1", { key: keyOf("r1", other), blobs: [blobOf("a", '"theirs"')] })]);
      assert.equal((await store.journal.blobs(other, ["a"])).get("a"), '"theirs"');
      assert.equal((await store.journal.blobs(acme, ["a"])).get("a"), '"ours"');
    },
  },
];
