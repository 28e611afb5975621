/** Where secrets come from: references such as `env:NAME`, `file:/path`, `exec:command`. Values are handed out at the moment of a call only. */
export interface Vault {
  /** The value of a declared secret. Throws `secret.missing` or `secret.refused`, never with a value in the message. */
  secret(name: string): Promise<string>;
  /** The value behind a reference of the configuration. Throws the same. */
  resolve(reference: string): Promise<string>;
  /** The text with every value that was handed out, and its usual encodings, as `••••`. */
  redact(text: string): string;
}
