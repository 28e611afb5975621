import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import { digestText } from "../base/digest.ts";
import { RunwrightError } from "../base/error.ts";
import { canonicalJson, isJsonObject, type Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { Seal } from "../ports/audit.ts";

/** The last link of a tenant, as a checkpoint names it. */
export type Head = Pick<Seal, "tenant" | "n" | "hash">;

/** What the chains ended with at a moment. It lies outside the store, because a chain cannot show that its own end was cut off. */
export interface Checkpoint {
  readonly at: number;
  readonly heads: readonly Head[];
  /** Id of the key that signed it. */
  readonly key: string;
  /** Ed25519, over the canonical JSON of the rest; base64. */
  readonly signature: string;
}

/** The half of a key pair that signs. */
export interface Signer {
  readonly publicPem: string;
  /** One line of a file of checkpoints. */
  line(heads: readonly Head[], at: number): string;
}

/** The half that everybody may have. */
export interface Verifier {
  /** The first 16 hex digits of the digest of the public key. */
  readonly id: string;
  isSigned(checkpoint: Checkpoint): boolean;
}

/** A new private key, as PEM. */
export function newSigningKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Reads a private key. Throws `config.invalid`. */
export function signerOf(pem: string): Signer {
  const key = readKey(() => createPrivateKey(pem), "a private key");
  const publicPem = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  const id = verifierOf(publicPem).id;
  return {
    publicPem,
    line(heads, at) {
      const body = { at, heads: heads.map(({ tenant, n, hash }) => ({ tenant, n, hash })), key: id };
      return canonicalJson({ v: 1, ...body, signature: sign(null, signedText(body), key).toString("base64") });
    },
  };
}

/** Reads a public key; from a private one it is taken. Throws `config.invalid`. */
export function verifierOf(pem: string): Verifier {
  const key = readKey(() => createPublicKey(pem), "a public key");
  const id = digestText(key.export({ type: "spki", format: "der" }).toString("base64")).slice(0, 16);
  return {
    id,
    isSigned: (checkpoint) =>
      checkpoint.key === id && verify(null, signedText(checkpoint), key, Buffer.from(checkpoint.signature, "base64")),
  };
}

/** The checkpoint of a line; undefined for a line that is none, such as the beginning of one that a power cut left. */
export function checkpointIn(line: string): Checkpoint | undefined {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || value["v"] !== 1 || !Array.isArray(value["heads"])) return undefined;
  const { at, key, signature } = value;
  if (typeof at !== "number" || typeof key !== "string" || typeof signature !== "string") return undefined;
  const heads = (value["heads"] as readonly Json[]).map(headIn);
  return heads.every((head) => head !== undefined) && heads.length <= limits.auditHeadsMax
    ? { at, heads, key, signature }
    : undefined;
}

function headIn(value: Json): Head | undefined {
  if (!isJsonObject(value)) return undefined;
  const { tenant, n, hash } = value;
  return typeof tenant === "string" && typeof n === "number" && typeof hash === "string"
    ? { tenant, n, hash }
    : undefined;
}

function signedText({ at, heads, key }: Omit<Checkpoint, "signature">): Buffer {
  return Buffer.from(canonicalJson(["runwright audit checkpoint 1", at, key, ...heads.map((head) => ({ ...head }))]));
}

function readKey(read: () => KeyObject, what: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // Of a file that holds no key nothing may be said that is in it.
  }
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw new RunwrightError("config.invalid", `This is not ${what} of the audit log: expected Ed25519 as PEM.`);
}
