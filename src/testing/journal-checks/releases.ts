import assert from "node:assert/strict";
import type { Catalog, Release } from "../../ports/catalog.ts";
import { versionOf } from "./versions.ts";
import { acme, other, refused, type Check } from "./world.ts";

const signature = { by: "local:ada", at: 1_763_700_000_000 };

/** A published version of a workflow. */
function made(digest: string, workflow = "audit") {
  return versionOf(digest, {
    workflow,
    draft: false,
    lock: { models: {}, connectors: {}, modules: { "function a": { file: "functions/a.mjs", digest: "f" } } },
  });
}

/** Publishes these digests one after the other. */
async function publishAll(catalog: Catalog, digests: readonly string[]): Promise<readonly Release[]> {
  const releases: Release[] = [];
  for (const digest of digests) releases.push(await catalog.publish(acme, made(digest), signature));
  return releases;
}

const numbers = (releases: readonly Release[]): readonly number[] => releases.map(({ number }) => number);

/** Checks of the numbers that versions are published under. */
export const releaseChecks: readonly Check[] = [
  {
    name: "a workflow's versions are numbered from 1 on without gaps, each workflow for itself, also after a restart",
    async run(open) {
      const store = await open();
      const [first] = await publishAll(store.catalog, ["d1", "d2"]);
      assert.deepEqual(first, { workflow: "audit", number: 1, digest: "d1", ...signature });
      assert.equal((await store.catalog.publish(acme, made("d3", "mend"), signature)).number, 1);
      await using next = await store.reopen();
      assert.deepEqual(numbers(await publishAll(next.catalog, ["d4"])), [3]);
    },
  },
  {
    name: "a digest that was published keeps its number, time and publisher",
    async run(open) {
      await using store = await open();
      const { catalog } = store;
      const [first] = await publishAll(catalog, ["d1", "d2"]);
      assert.deepEqual(await catalog.publish(acme, made("d1"), { by: "local:bob", at: 5 }), first);
      assert.deepEqual(numbers(await catalog.versions(acme, "audit", { limit: 9 })), [2, 1]);
    },
  },
  {
    name: "publishers at the same time get different numbers, and of one version the same",
    async run(open) {
      await using store = await open();
      const digests = Array.from({ length: 12 }, (_, index) => `d${index}`);
      const releases = await Promise.all(
        [...digests, ...digests].map((digest) => store.catalog.publish(acme, made(digest), signature)),
      );
      assert.deepEqual(
        [...new Set(numbers(releases))].toSorted((a, b) => a - b),
        digests.map((_, index) => index + 1),
      );
      for (const { digest, number } of releases)
        assert.equal((await store.catalog.get(acme, digest)).number, number, digest);
    },
  },
  {
    name: "a published version is read by number, by latest and by digest, and tells its number and who published it",
    async run(open) {
      await using store = await open();
      const { catalog } = store;
      await publishAll(catalog, ["d1", "d2"]);
      const told = { published: signature };
      assert.deepEqual(await catalog.numbered(acme, "audit", 1), { ...made("d1"), number: 1, ...told });
      assert.deepEqual(await catalog.numbered(acme, "audit", "latest"), { ...made("d2"), number: 2, ...told });
      assert.deepEqual(await catalog.get(acme, "d2"), { ...made("d2"), number: 2, ...told });
      // What was read may be stored again, as a run does that starts: it stays what it was.
      await catalog.put(acme, await catalog.get(acme, "d2"));
      assert.deepEqual(await catalog.get(acme, "d2"), { ...made("d2"), number: 2, ...told });
    },
  },
  {
    name: "a number or workflow that was never published is not found, and a draft has no number",
    async run(open) {
      await using store = await open();
      const { catalog } = store;
      await publishAll(catalog, ["d1"]);
      await catalog.put(acme, versionOf("d2"));
      for (const number of [0, 2, "latest"] as const)
        await refused(catalog.numbered(acme, number === "latest" ? "mend" : "audit", number), "version.not-found");
      assert.equal((await catalog.get(acme, "d2")).number, undefined);
      assert.deepEqual(await catalog.releasesOf(acme, ["d2", "d3"]), []);
    },
  },
  {
    name: "what a workflow was published as is listed newest first, in pages",
    async run(open) {
      await using store = await open();
      const { catalog } = store;
      await publishAll(catalog, ["d1", "d2", "d3", "d4", "d5"]);
      const first = await catalog.versions(acme, "audit", { limit: 2 });
      assert.deepEqual(numbers(first), [5, 4]);
      assert.deepEqual(numbers(await catalog.versions(acme, "audit", { before: 4, limit: 9 })), [3, 2, 1]);
      assert.deepEqual(await catalog.versions(acme, "mend", { limit: 9 }), []);
    },
  },
  {
    name: "the workflows that were published are listed by their ids, each with its latest release",
    async run(open) {
      await using store = await open();
      const { catalog } = store;
      await publishAll(catalog, ["d1", "d2"]);
      for (const workflow of ["mend", "Z-last", "a"]) await catalog.publish(acme, made(workflow, workflow), signature);
      const all = await catalog.workflows(acme);
      assert.deepEqual(
        all.map(({ workflow, number }) => `${workflow}@${number}`),
        ["Z-last@1", "a@1", "audit@2", "mend@1"],
      );
      assert.deepEqual(
        (await catalog.workflows(acme, "a")).map(({ workflow }) => workflow),
        ["audit", "mend"],
      );
    },
  },
  {
    name: "the releases of many digests are asked for at once",
    async run(open) {
      await using store = await open();
      await publishAll(store.catalog, ["d1", "d2", "d3"]);
      const found = await store.catalog.releasesOf(acme, ["d3", "d1", "d3", "d9"]);
      assert.deepEqual(found.map(({ digest, number }) => `${digest} ${number}`).toSorted(), ["d1 1", "d3 3"]);
      assert.deepEqual(await store.catalog.releasesOf(acme, []), []);
    },
  },
  {
    name: "another tenant or workspace has numbers of its own, and sees no others",
    async run(open) {
      await using store = await open();
      const { catalog } = store;
      await publishAll(catalog, ["d1", "d2"]);
      for (const scope of [other, { tenant: "acme", workspace: "side" }]) {
        await refused(catalog.numbered(scope, "audit", 1), "version.not-found");
        assert.deepEqual(await catalog.versions(scope, "audit", { limit: 9 }), []);
        assert.deepEqual(await catalog.workflows(scope), []);
        assert.deepEqual(await catalog.releasesOf(scope, ["d1"]), []);
        assert.equal((await catalog.publish(scope, made("d1"), signature)).number, 1);
      }
    },
  },
];
