import { digestText } from "./digest.ts";
import { limits } from "./limits.ts";

/** Whose data it is. Every stored key begins with it. */
export interface Scope {
  readonly tenant: string;
  readonly workspace: string;
}

/** One run, with its owner: no call of a port takes a bare run id. */
export interface RunKey extends Scope {
  readonly run: string;
}

/** Who asks: a person, a token or a trigger, for example `local:ada`. */
export interface Principal {
  readonly id: string;
  /** Role names, or `*` for the embedded principal that has them all. */
  readonly roles: readonly string[];
}

/** A run key as one text, for maps. The parts cannot contain `/`. */
export function runKeyText(key: RunKey): string {
  return `${key.tenant}/${key.workspace}/${key.run}`;
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new run id: `r` and 26 Crockford digits (48 bits of time, then 80 of chance). Ids made later sort later, to the millisecond.
 *
 * `bytes` are 10 random bytes from the caller, since this room has no chance of its own.
 */
export function newRunId(nowMs: number, bytes: Uint8Array): string {
  let time = "";
  for (let rest = nowMs, digit = 0; digit < 10; digit += 1) {
    time = (alphabet[rest % 32] ?? "0") + time;
    rest = Math.floor(rest / 32);
  }

  let chance = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes.subarray(0, 10)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      chance += alphabet[(held >> bits) & 31] ?? "0";
    }
    held &= (1 << bits) - 1;
  }
  return `r${time}${chance}`;
}

/** The id of the run that a step of another run starts: made of both, so that a crash in between cannot make two. */
export function childRunId(parent: string, path: string, atMs: number): string {
  return newRunId(
    atMs,
    Uint8Array.from(digestText(`${parent}\n${path}`).slice(0, 20).match(/../g) ?? [], (hex) =>
      Number.parseInt(hex, 16),
    ),
  );
}

/**
 * A for-each key as it stands in an instance path: `EP-2` stays, `a b` becomes `a%20b`.
 *
 * Beyond 96 bytes it is a 64-byte prefix and a digest, so that a path stays a usable key in every store.
 */
export function pathKey(key: string): string {
  const encoded = encodeURIComponent(key.toWellFormed()).replace(
    /[!'()*.~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  if (encoded.length <= limits.keyBytesMax) return encoded;
  return `${encoded.slice(0, limits.keyPrefixBytes).replace(/%[0-9A-F]?$/, "")}~${digestText(key).slice(0, 16)}`;
}
