import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempDisposableSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { type ErrorCode, hasCode } from "../base/error.ts";
import type { Vault } from "../ports/vault.ts";
import { vaultLimits } from "./limits.ts";
import { createVault, type VaultDeps } from "./vault.ts";

const value = "canary-3f9a1c77e2";
const pipeMaker = "mkfifo";
const isWindows = process.platform === "win32";

function folder(): Disposable & { readonly path: string } {
  return mkdtempDisposableSync(path.join(tmpdir(), "rw-vault-"));
}

function vaultOf(secrets: Readonly<Record<string, string>>, over: Partial<VaultDeps> = {}): Vault {
  const own = { platform: process.platform, uid: process.getuid?.(), root: tmpdir() };
  return createVault({ secrets, env: {}, clock: { now: () => 0 }, ...own, ...over });
}

/** The message with which a secret is refused, which never holds the value. */
async function refused(vault: Vault, code: ErrorCode, name = "A"): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  await assert.rejects(vault.secret(name), (error) => {
    assert.ok(hasCode(error, code), String(error));
    assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes(value));
    resolve(error.message);
    return true;
  });
  return await promise;
}

test("a secret comes from the environment, and a missing one names its variable", async () => {
  const vault = vaultOf({ A: "env:A_TOKEN", B: "env:GONE", C: "env:EMPTY" }, { env: { A_TOKEN: value, EMPTY: "" } });
  assert.equal(await vault.secret("A"), value);
  assert.equal(await vault.resolve("env:A_TOKEN"), value);
  assert.match(
    await refused(vault, "secret.missing", "B"),
    /Secret B cannot be had\. The environment variable GONE is not set\./,
  );
  assert.match(await refused(vault, "secret.missing", "C"), /EMPTY is not set/);
});

test("a secret of which the configuration says nothing is missing, and the message says what to write", async () => {
  const vault = vaultOf({}, { env: { DESK: value } });
  assert.match(
    await refused(vault, "secret.missing", "DESK"),
    /write secrets: \{ DESK: env:DESK \} in runwright\.config\.yaml/,
  );
  for (const name of ["__proto__", "constructor", "toString"]) await refused(vault, "secret.missing", name);
});

test("what is no reference is refused without being repeated", async () => {
  for (const text of [value, `literal:${value}`, "env:", "env:A-B", "file:", "exec:", "exec:a 'b", "", `ENV:${value}`])
    assert.match(await refused(vaultOf({ A: text }), "secret.refused"), /Secret A is no reference; write env:NAME/);
  await assert.rejects(
    vaultOf({}).resolve(value),
    (error) => hasCode(error, "secret.refused") && !error.message.includes(value),
  );
});

test(
  "a file gives its text without the end of its last line, relative to the project",
  { skip: isWindows },
  async () => {
    using root = folder();
    const vault = vaultOf({ A: "file:a", B: "file:b", C: "file:link", D: `file:${root.path}/a` }, { root: root.path });
    writeFileSync(path.join(root.path, "a"), `${value}\n`, { mode: 0o600 });
    writeFileSync(path.join(root.path, "b"), ` ${value}\n\r\n`, { mode: 0o400 });
    symlinkSync(path.join(root.path, "a"), path.join(root.path, "link"));
    assert.equal(await vault.secret("A"), value);
    assert.equal(await vault.secret("B"), ` ${value}\n`, "one line end only");
    assert.equal(await vault.secret("C"), value, "a link is followed, and the file behind it is looked at");
    assert.equal(await vault.secret("D"), value);
  },
);

test(
  "a file that others can read, that belongs to somebody else or that is none is refused",
  { skip: isWindows },
  async () => {
    using root = folder();
    const place = path.join(root.path, "a");
    writeFileSync(place, value, { mode: 0o600 });
    for (const mode of [0o640, 0o604, 0o644, 0o610, 0o601, 0o660]) {
      chmodSync(place, mode);
      const message = await refused(vaultOf({ A: "file:a" }, { root: root.path }), "secret.refused");
      assert.match(
        message,
        new RegExp(`can be read by others \\(mode ${mode.toString(8)}\\); run: chmod 600 ${place}`),
      );
    }
    chmodSync(place, 0o600);
    assert.equal(await vaultOf({ A: "file:a" }, { root: root.path }).secret("A"), value, "control");
    const uid = (process.getuid?.() ?? 0) + 1;
    const other = vaultOf({ A: "file:a" }, { root: root.path, uid });
    // A file of root's is taken by everybody: that is how machines hand secrets out.
    if (process.getuid?.() === 0) assert.equal(await other.secret("A"), value);
    else assert.match(await refused(other, "secret.refused"), /belongs to somebody else/);
    assert.match(
      await refused(vaultOf({ A: "file:." }, { root: root.path }), "secret.refused"),
      /is no file|cannot be opened/,
    );
    assert.match(await refused(vaultOf({ A: "file:gone" }, { root: root.path }), "secret.missing"), /There is no file/);
    execFileSync(pipeMaker, ["-m", "600", path.join(root.path, "pipe")]);
    assert.match(await refused(vaultOf({ A: "file:pipe" }, { root: root.path }), "secret.refused"), /is no file/);
  },
);

test("on Windows the modes of a file say nothing and are not looked at", { skip: isWindows }, async () => {
  using root = folder();
  writeFileSync(path.join(root.path, "a"), value, { mode: 0o644 });
  assert.equal(await vaultOf({ A: "file:a" }, { root: root.path, platform: "win32" }).secret("A"), value);
});

test("a value that is too short, too long or no text is refused", async () => {
  using root = folder();
  const put = (bytes: string | Buffer): Vault => {
    writeFileSync(path.join(root.path, "a"), bytes, { mode: 0o600 });
    return vaultOf({ A: "file:a" }, { root: root.path });
  };
  assert.match(await refused(put("1234567\n"), "secret.refused"), /\(file:a\) has fewer than 8 characters/);
  assert.equal(await put("12345678\n").secret("A"), "12345678");
  assert.match(
    await refused(put("x".repeat(vaultLimits.valueBytesMax + 1)), "secret.refused"),
    /has more than 65536 bytes/,
  );
  assert.equal((await put("x".repeat(vaultLimits.valueBytesMax)).secret("A")).length, vaultLimits.valueBytesMax);
  assert.match(
    await refused(put(Buffer.from([0xff, 0xfe, 1, 2, 3, 4, 5, 6, 7])), "secret.refused"),
    /no text in UTF-8/,
  );
  assert.match(await refused(put("1234\u00005678"), "secret.refused"), /zero byte/);
  assert.match(
    await refused(vaultOf({ A: "env:A" }, { env: { A: "short" } }), "secret.refused"),
    /\(env:A\) has fewer than 8/,
  );
});

test(
  "a command prints a secret: no shell, its words as they are, and an environment of its own",
  { skip: isWindows },
  async () => {
    using root = folder();
    const node = process.execPath;
    const env = { PATH: process.env["PATH"], HOME: "/home/x", A_TOKEN: value, NODE_OPTIONS: "--bad" };
    writeFileSync(
      path.join(root.path, "show.mjs"),
      "console.log(JSON.stringify([process.argv.slice(2), process.env, process.cwd()]));",
    );
    const vault = vaultOf({ A: `exec:"${node}" show.mjs 'a b' $HOME ;x "c'd"` }, { root: root.path, env });
    const [words, given, cwd] = JSON.parse(await vault.secret("A")) as [
      unknown,
      Readonly<Record<string, string>>,
      string,
    ];
    assert.deepEqual(words, ["a b", "$HOME", ";x", "c'd"]);
    assert.deepEqual(
      Object.keys(given)
        .filter((name) => !name.startsWith("__"))
        .toSorted(),
      ["HOME", "PATH"],
    );
    assert.ok(cwd.endsWith(path.basename(root.path)));
  },
);

test(
  "a command that fails, hangs, prints without end or is not there gives no secret, and nothing it said",
  { skip: isWindows },
  async () => {
    using root = folder();
    const commandMsMax = 1500;
    const script = (text: string): Vault => {
      writeFileSync(path.join(root.path, "s.mjs"), text);
      return vaultOf(
        { A: `exec:${process.execPath} s.mjs` },
        { root: root.path, commandMsMax, env: { PATH: process.env["PATH"] } },
      );
    };
    assert.match(
      await refused(script(`console.error("${value}"); console.log("${value}"); process.exit(3);`), "secret.missing"),
      /ended with code 3/,
    );
    assert.match(await refused(script("setInterval(() => {}, 1000);"), "secret.missing"), /did not end within 1\.5 s/);
    const holding =
      'import { spawn } from "node:child_process"; spawn("sleep", ["20"], { stdio: "inherit" }); setInterval(() => {}, 1000);';
    assert.match(await refused(script(holding), "secret.missing"), /did not end within 1\.5 s/);
    assert.match(
      await refused(script('for (;;) process.stdout.write("x".repeat(65536));'), "secret.missing"),
      /printed more than 65536 bytes/,
    );
    assert.match(
      await refused(vaultOf({ A: "exec:no-such-program --x" }), "secret.missing"),
      /no-such-program cannot be started \(ENOENT\)/,
    );
  },
);

test(
  "a value is kept for a minute, asked for once by all, and read again after that",
  { skip: isWindows },
  async () => {
    using root = folder();
    const place = path.join(root.path, "a");
    let now = 0;
    const vault = vaultOf({ A: "file:a" }, { root: root.path, clock: { now: () => now } });
    await refused(vault, "secret.missing");
    writeFileSync(place, value, { mode: 0o600 });
    assert.equal(await vault.secret("A"), value, "what failed is tried again at once");
    writeFileSync(place, "another-value", { mode: 0o600 });
    now = vaultLimits.keptMs - 1;
    assert.equal(await vault.secret("A"), value);
    now = vaultLimits.keptMs;
    assert.equal(await vault.secret("A"), "another-value");
    assert.equal(vault.redact(`${value} another-value`), "•••• ••••", "an old value may still stand in an answer");
  },
);

test("only what was given out is taken out of texts", async () => {
  const vault = vaultOf({ A: "env:A", B: "env:B" }, { env: { A: value, B: "other-canary-1" } });
  const text = `${value} other-canary-1`;
  assert.equal(vault.redact(text), text);
  await vault.secret("A");
  assert.equal(vault.redact(text), "•••• other-canary-1");
  await vault.resolve("env:B");
  assert.equal(vault.redact(text), "•••• ••••");
});
