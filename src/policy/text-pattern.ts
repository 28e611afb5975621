/** Whether a text fits. */
export type TextPattern = (text: string) => boolean;

/**
 * A text in which `*` stands for any characters, also for none. All others stand for themselves: case counts, and what only looks alike is
 * another character.
 *
 * It is matched from both ends and then from left to right, which never goes back: a pattern of many stars costs no more than one of few.
 */
export function textPattern(pattern: string): TextPattern {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return (text) => text === pattern;

  const least = first.length + last.length;
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
