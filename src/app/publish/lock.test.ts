// What a version pins besides its text, and that every part of it is noticed when it is another.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createModuleLocks } from "../../actions/function/module-lock.ts";
import { hasCode } from "../../base/error.ts";
import { builtInConnectors } from "../../connectors/built-in.ts";
import { compileWorkflow } from "../../language/compile.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { Version } from "../../ports/catalog.ts";
import { assertUnchanged } from "./drift.ts";
import { type LockSources, lockOf } from "./lock.ts";

const text = `workflow: x
models: { fast: anthropic/claude-haiku-4-5-20251001, again: anthropic/claude-haiku-4-5-20251001 }
agents: { coder: { use: codex@0.63.0, model: openai/gpt-5-2025-08-07 } }
connectors: { desk: zendesk@3.2.0 }
limits: { cost_usd: 5 }
steps:
  - { id: load, function: load }
  - { id: twice, function: load }
  - { id: check, assignment: check }
`;

interface Project extends Disposable {
  readonly sources: LockSources;
  readonly version: Version;
  write(file: string): void;
}

function open(): Project {
  const folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-lock-"));
  const write = (file: string): void => {
    mkdirSync(path.dirname(path.join(folder.path, file)), { recursive: true });
    writeFileSync(path.join(folder.path, file), `// ${Math.random()}`);
  };
  for (const file of ["functions/load.mjs", "assignments/check.mjs"]) write(file);
  const world = { functions: ["load"], assignments: ["check"], agents: ["codex"], connectors: builtInConnectors };
  const { plan } = compileWorkflow({ file: "x.workflow.yml", text }, world);
  assert.ok(plan);
  const sources: LockSources = {
    connectors: builtInConnectors,
    describeModel: (pin) => ({ settings: pin }),
    modules: createModuleLocks(folder.path),
    root: folder.path,
  };
  const lock = lockOf(plan, sources);
  const version: Version = { digest: "d", workflow: "x", draft: false, file: "x.yml", source: text, plan, lock };
  return { sources, version, write, [Symbol.dispose]: () => folder.remove() };
}

/** Throws when the version is held against surroundings in which these connectors are installed. */
function check({ sources, version }: Project, connectors: readonly ConnectorDescriptor[] = builtInConnectors): void {
  assertUnchanged(version, { modules: sources.modules, root: sources.root, connectors: () => connectors });
}

const isDrift = (what: RegExp) => (error: unknown) => hasCode(error, "version.drift") && what.test(error.message);

test("a lock holds each model, connector and module of the file once", () => {
  using project = open();
  const { models, connectors, modules } = project.version.lock ?? {};
  assert.deepEqual(models, {
    "anthropic/claude-haiku-4-5-20251001": { settings: "anthropic/claude-haiku-4-5-20251001" },
    "openai/gpt-5-2025-08-07": { settings: "openai/gpt-5-2025-08-07" },
  });
  assert.deepEqual(Object.keys(connectors ?? {}), ["zendesk@3.2.0"]);
  assert.deepEqual(
    Object.entries(modules ?? {}).map(([name, { file }]) => [name, file]),
    [
      ["assignment check", "assignments/check.mjs"],
      ["function load", "functions/load.mjs"],
    ],
  );
  check(project);
});

test("a module that is another is noticed, of each kind", () => {
  for (const file of ["functions/load.mjs", "assignments/check.mjs"]) {
    using project = open();
    project.write(file);
    assert.throws(() => check(project), isDrift(new RegExp(`^${file} is not the file that x was published with`)));
  }
});

test("a connector whose descriptor is another, or that is gone, is noticed; others may come", () => {
  using project = open();
  const others = builtInConnectors.filter(({ name }) => name !== "zendesk");
  const desk = builtInConnectors.find(({ name }) => name === "zendesk");
  assert.ok(desk);
  check(project, [...others, { ...desk, version: "9.9.9" }, desk]);
  const changed = [...others, { ...desk, title: "Other" }];
  assert.throws(() => check(project, changed), isDrift(/^The descriptor of zendesk@3\.2\.0 is not the one/));
  assert.throws(() => check(project, others), isDrift(/^The connector zendesk@3\.2\.0 cannot be used/));
});

test("a draft is what it is: it is held against nothing", () => {
  using project = open();
  const { lock: _lock, ...draft } = project.version;
  project.write("functions/load.mjs");
  check({ ...project, version: { ...draft, draft: true } }, []);
});

test("a connector that is not installed cannot be pinned", () => {
  using project = open();
  const { plan } = project.version;
  assert.throws(
    () => lockOf(plan, { ...project.sources, connectors: [] }),
    (error) => hasCode(error, "connector.invalid"),
  );
});
