/** Longer words are not compared: nobody mistypes one by two letters, and the table grows with the square. */
const lengthMax = 64;

/** Letters that are compared with each other for one word at most: a hostile file asks often, with thousands of names each time. */
const comparisonsMax = 20_000;

/** The known word that was probably meant, or undefined when none is near enough. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word.length > lengthMax) return undefined;

  const lower = word.toLowerCase();
  let left = comparisonsMax;
  let best: string | undefined;
  let bestDistance = distanceMax(word.length) + 1;
  for (const candidate of known) {
    if (candidate === word || Math.abs(candidate.length - word.length) >= bestDistance) continue;
    left -= word.length * candidate.length;
    if (left < 0) break;
    const distance = distanceOf(lower, candidate.toLowerCase(), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

// One slip in a short word, up to three in a long one; words of one or two letters only differ by case.
function distanceMax(length: number): number {
  if (length <= 2) return 0;
  if (length <= 5) return 1;
  return length <= 8 ? 2 : 3;
}

/** Letters inserted, left out, replaced or swapped with their neighbour between two words; gives up at `limit`. */
function distanceOf(left: string, right: string, limit: number): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let line = 1; line <= left.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[line - 1] === right[column - 1];
      let cost = Math.min(at(row, column) + 1, at(next, column - 1) + 1, at(row, column - 1) + (same ? 0 : 1));
      const swapped = column > 1 && left[line - 1] === right[column - 2] && left[line - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, at(before, column - 2) + 1);
      next.push(cost);
    }
    if (Math.min(...next) >= limit) return limit;
    before = row;
    row = next;
  }
  return at(row, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
