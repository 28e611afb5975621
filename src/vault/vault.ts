import path from "node:path";
import { RunwrightError } from "../base/error.ts";
import type { Vault } from "../ports/vault.ts";
import { vaultLimits } from "./limits.ts";
import { readSecretFile } from "./read-file.ts";
import { createRedactor } from "./redactor.ts";
import { type Reference, referenceOf } from "./reference.ts";
import { printedBy } from "./run-command.ts";

/** What a vault stands on. */
export interface VaultDeps {
  /** References by the names of secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative files and commands are meant from here. */
  readonly root: string;
  readonly clock: { readonly now: () => number };
  readonly platform: NodeJS.Platform;
  /** Who this process is, where the platform knows that. */
  readonly uid: number | undefined;
  /** How long a command may take; `vaultLimits.commandMsMax` when absent. */
  readonly commandMsMax?: number;
}

/** A value on its way, or for the short time that it is kept. */
interface Kept {
  readonly value: Promise<string>;
  readonly until: number;
}

/** Makes a vault. Nothing is read before it is asked for, and nothing is ever written. */
export function createVault(deps: VaultDeps): Vault {
  const { secrets, env, root, clock } = deps;
  const redactor = createRedactor();
  const kept = new Map<string, Kept>();

  return {
    async secret(name) {
      const reference = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
      if (reference !== undefined) return await valueOf(reference, `Secret ${name}`);
      const hint = `write secrets: { ${name}: env:${name} } in runwright.config.yaml, or file: or exec: in place of env:`;
      throw new RunwrightError("secret.missing", `Nobody has said where secret ${name} is: ${hint}.`);
    },
    resolve: (reference) => valueOf(reference, "A key of the configuration"),
    redact: (text) => redactor.redact(text),
  };

  /** One reading serves all who ask while it lasts, and for a short while after; what failed is tried again. */
  async function valueOf(text: string, who: string): Promise<string> {
    const known = kept.get(text);
    if (known !== undefined && clock.now() < known.until) return await known.value;
    const value = read(text, who);
    kept.set(text, { value, until: clock.now() + vaultLimits.keptMs });
    try {
      return await value;
    } catch (error) {
      if (kept.get(text)?.value === value) kept.delete(text);
      throw error;
    }
  }

  async function read(text: string, who: string): Promise<string> {
    const reference = referenceOf(text);
    // What stands there may be the secret itself: it is not repeated.
    if (reference === undefined)
      throw new RunwrightError("secret.refused", `${who} is no reference; write env:NAME, file:PATH or exec:COMMAND.`);
    const value = await readFrom(reference, who);
    const problem = valueProblem(value);
    if (problem !== undefined) throw new RunwrightError("secret.refused", `${who} (${shown(reference)}) ${problem}.`);
    redactor.add(value);
    return value;
  }

  async function readFrom(reference: Reference, who: string): Promise<string> {
    try {
      return await bytesFrom(reference);
    } catch (error) {
      if (!(error instanceof RunwrightError)) throw error;
      throw new RunwrightError(error.code, `${who} cannot be had. ${error.message}`);
    }
  }

  async function bytesFrom(reference: Reference): Promise<string> {
    switch (reference.kind) {
      case "env": {
        const value = env[reference.name];
        if (value === undefined || value === "")
          throw new RunwrightError("secret.missing", `The environment variable ${reference.name} is not set.`);
        return value;
      }
      case "file": {
        const place = path.resolve(root, reference.file);
        return textOf(await readSecretFile(place, { isWindows: deps.platform === "win32", uid: deps.uid }));
      }
      case "exec":
        return textOf(
          await printedBy(reference.command, { cwd: root, env, msMax: deps.commandMsMax ?? vaultLimits.commandMsMax }),
        );
    }
  }
}

/** The text without the line end that editors and commands put behind it. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    throw new RunwrightError("secret.refused", "It is no text in UTF-8; keep it as base64.");
  }
}

function valueProblem(value: string): string | undefined {
  if (value.length < vaultLimits.valueCharsMin)
    return `has fewer than ${vaultLimits.valueCharsMin} characters, and could not be kept out of logs; use a longer one`;
  if (Buffer.byteLength(value) > vaultLimits.valueBytesMax) return `has more than ${vaultLimits.valueBytesMax} bytes`;
  return value.includes("\0") ? "holds a zero byte" : undefined;
}

/** Where a secret is, without the arguments of a command, which may say more than they should. */
function shown(reference: Reference): string {
  switch (reference.kind) {
    case "env":
      return `env:${reference.name}`;
    case "file":
      return `file:${reference.file}`;
    case "exec":
      return `exec:${reference.command[0] ?? ""}`;
  }
}
