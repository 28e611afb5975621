/** A text as it may stand in a message: one line, not too long. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 57)}…`;
}

/** Names that a hint lists at most. */
const listedMax = 8;

/** `a, b, c`, and `…` where there are too many to be read. */
export function someOf(names: Iterable<string>): string {
  const listed: string[] = [];
  for (const name of names) {
    if (listed.length === listedMax) return `${listed.join(", ")}, …`;
    listed.push(short(name));
  }
  return listed.join(", ");
}
