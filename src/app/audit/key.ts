import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { keepNames } from "../../adapters/sqlite/durable-names.ts";
import { newSigningKey, signerOf, type Signer } from "../../audit/checkpoint.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Config } from "../config.ts";

/** Where the audit log keeps what is not in the store. */
export function auditFolder({ data }: Pick<Config, "data">): string {
  return path.join(data, "audit");
}

/** The public half of the signing key: what a check needs, and nobody has to hide. */
export function publicKeyFile(config: Pick<Config, "data">): string {
  return path.join(auditFolder(config), "public.key");
}

/**
 * The key that signs checkpoints; it is made when there is none. Throws `secret.refused` where others can read it.
 *
 * Two processes may ask at once: the file gets its name whole, and the first one stays.
 */
export function openSigningKey(config: Pick<Config, "data">): Signer {
  const folder = auditFolder(config);
  const file = path.join(folder, "signing.key");
  let pem = readIfThere(file);
  if (pem === undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    addFile(file, newSigningKey(), 0o600);
    keepNames(folder);
    pem = readFileSync(file, "utf8");
  }
  assertOwn(file);
  const signer = signerOf(pem);
  if (readIfThere(publicKeyFile(config)) === undefined) addFile(publicKeyFile(config), signer.publicPem, 0o644);
  return signer;
}

function assertOwn(file: string): void {
  const mode = statSync(file).mode & 0o777;
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  throw new RunwrightError(
    "secret.refused",
    `${file} signs the audit log, and others may read it (mode ${mode.toString(8)}). Write: chmod 600 ${file}`,
  );
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file that is there whole or not at all; one that is there already stays. */
function addFile(file: string, text: string, mode: number): void {
  const unfinished = `${file}.${process.pid}`;
  const opened = openSync(unfinished, "w", mode);
  try {
    writeSync(opened, text);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  try {
    chmodSync(unfinished, mode);
    linkSync(unfinished, file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Some file systems know no second names; there the later of two that start at once wins, before either has signed anything.
    if (code !== "EEXIST") renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
