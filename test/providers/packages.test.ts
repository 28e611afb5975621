import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import path from "node:path";

const world = pathToFileURL(path.join(import.meta.dirname, "world.ts")).href;

/** Runs a program in which every import of these packages fails as if they were not there. */
function withoutPackages(missing: string, program: string): string {
  const hook = `
    import { registerHooks } from "node:module";
    export const asked = [];
    registerHooks({
      resolve(name, context, next) {
        if (/^(ai|undici|@ai-sdk\\/)/.test(name)) asked.push(name);
        if (!new RegExp(${JSON.stringify(missing)}).test(name)) return next(name, context);
        throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: "ERR_MODULE_NOT_FOUND" });
      },
    });
    const { modelsOf, say, never, pins, errorOf, providersAt } = await import(${JSON.stringify(world)});
    ${program}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", hook], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

test("a package that is not installed is named, with the command that installs it", () => {
  const program = `
    await using models = modelsOf(providersAt("http://127.0.0.1:1"));
    for (const pin of Object.values(pins)) {
      const { code, message } = await errorOf(models.call(say(pin, "Hello"), never));
      console.log(code + " " + message);
    }`;
  const lines = withoutPackages("^@ai-sdk/(?:openai|azure|anthropic|google|xai)", program).split("\n");
  assert.equal(lines.length, 6);
  for (const line of lines)
    assert.match(
      line,
      /^package\.missing Models of kind ([\w-]+) need the package `@ai-sdk\/\1`\. .* npm install ai@7 @ai-sdk\/\1@\d\.$/,
    );
  assert.match(withoutPackages("^ai$", program), /^package\.missing Models of kind openai need the package `ai`/);
});

test("nothing of the SDK is loaded before the first call, and then only what its kind needs", () => {
  const program = `
    await using models = modelsOf({ ...providersAt("http://127.0.0.1:1"), s: { kind: "scripted", file: "x" } });
    models.describe(pins.openai);
    await errorOf(models.call(say("s/m", "Hello"), never));
    console.log(JSON.stringify(asked));
    await errorOf(models.call(say(pins.xai, "Hello"), never));
    console.log(JSON.stringify(asked.filter((name) => /^@ai-sdk\\/(openai|azure|anthropic|google|xai)$/.test(name))));`;
  const [before, after] = withoutPackages("^$", program).split("\n");
  assert.equal(before, "[]");
  assert.equal(after, '["@ai-sdk/xai"]');
});
