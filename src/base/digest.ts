import { hash } from "node:crypto";
import { canonicalJson, type Json } from "./json.ts";

/** SHA-256 of a text (as UTF-8), as 64 hex digits. */
export function digestText(text: string): string {
  return hash("sha256", text, "hex");
}

/** SHA-256 of the canonical form of a JSON value, as 64 hex digits. */
export function digestJson(value: Json): string {
  return digestText(canonicalJson(value));
}
