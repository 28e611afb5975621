import assert from "node:assert/strict";
import type { Version } from "../../ports/catalog.ts";
import { acme, other, refused, type Check } from "./world.ts";

/** A draft of this digest. */
export function versionOf(digest: string, changes: Partial<Version> = {}): Version {
  return {
    digest,
    workflow: "audit",
    draft: true,
    file: "workflows/audit.workflow.yml",
    source: "name: Prüfung 😀\nsteps: []\n",
    plan: {
      plan: 1,
      expr: 1,
      workflow: "audit",
      inputs: { type: "object", properties: { text: { type: "string", default: "\u0000" } } },
      env: ["HOME"],
      mode: "sequential",
      roots: [],
      steps: [],
    },
    ...changes,
  };
}

/** Checks of the catalog. */
export const versionChecks: readonly Check[] = [
  {
    name: "a version comes back as it was stored, also after a restart",
    async run(open) {
      const store = await open();
      await store.catalog.put(acme, versionOf("d1"));
      assert.deepEqual(await store.catalog.get(acme, "d1"), versionOf("d1"));
      await using next = await store.reopen();
      assert.deepEqual(await next.catalog.get(acme, "d1"), versionOf("d1"));
    },
  },
  {
    name: "storing the same digest twice is the same as once",
    async run(open) {
      await using store = await open();
      await Promise.all(Array.from({ length: 5 }, () => store.catalog.put(acme, versionOf("d1"))));
      await store.catalog.put(acme, versionOf("d1", { file: "elsewhere.yml" }));
      assert.deepEqual(await store.catalog.get(acme, "d1"), versionOf("d1"));
    },
  },
  {
    name: "a version that is not there, or is another tenant's, is not found",
    async run(open) {
      await using store = await open();
      await store.catalog.put(acme, versionOf("d1"));
      await refused(store.catalog.get(acme, "d2"), "version.not-found");
      await refused(store.catalog.get(other, "d1"), "version.not-found");
      await refused(store.catalog.get({ tenant: "acme", workspace: "side" }, "d1"), "version.not-found");
    },
  },
];
