import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** One line of the ledger: what a function itself wrote, on the disk before anything else happened. */
export interface LedgerLine {
  readonly what: "begin" | "end";
  readonly run: string;
  readonly path: string;
  readonly attempt: number;
  readonly key: string;
  /** Which process of the folder had it carried out. */
  readonly life: number;
  readonly at: number;
}

/** One call of an operation, written where it leaves for another system. */
export interface EffectLine extends Pick<LedgerLine, "run" | "path" | "key" | "life"> {
  readonly name: string;
}

/** Everything that functions of a folder have written so far, in the order in which they did. */
export function readLedger(folder: string): readonly LedgerLine[] {
  return linesOf(folder, "ledger") as readonly LedgerLine[];
}

/** Every operation that has left for another system so far. */
export function readEffects(folder: string): readonly EffectLine[] {
  return linesOf(folder, "effects") as readonly EffectLine[];
}

function linesOf(folder: string, name: string): readonly unknown[] {
  const file = path.join(folder, "project", "ledger", `${name}.jsonl`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as unknown);
}

/** Instance and attempt, for maps. */
export function attemptName({ run, path: instance, attempt }: Pick<LedgerLine, "run" | "path" | "attempt">): string {
  return `${run} ${instance}#${attempt}`;
}

/** How often an attempt was begun again after a kill: work that a crash costs. */
export function begunAgain(ledger: readonly LedgerLine[]): number {
  const begins = ledger.filter((line) => line.what === "begin");
  return begins.length - new Set(begins.map(attemptName)).size;
}

/** Attempts of which an earlier life wrote a line after a later life had begun them: two processes carried them out at once. */
export function overlaps(ledger: readonly LedgerLine[]): number {
  const newest = new Map<string, number>();
  const found = new Set<string>();
  for (const line of ledger) {
    const name = attemptName(line);
    const life = newest.get(name) ?? 0;
    if (line.life < life) found.add(name);
    newest.set(name, Math.max(life, line.life));
  }
  return found.size;
}

/** Instances whose idempotency key was not the same each time, and keys that two instances share. */
export function unstableKeys(ledger: readonly LedgerLine[]): readonly string[] {
  const keys = new Map<string, string>();
  const owners = new Map<string, string>();
  const found = new Set<string>();
  for (const { run, path: instance, key } of ledger) {
    const name = `${run} ${instance}`;
    if ((keys.get(name) ?? key) !== key) found.add(`${name} had two keys`);
    if ((owners.get(key) ?? name) !== name) found.add(`${name} and ${owners.get(key)} share a key`);
    keys.set(name, key);
    owners.set(key, name);
  }
  return [...found];
}
