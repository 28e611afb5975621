/** A branch is named with words in lower case, so that it means the same on every platform. */
export default function check(branch: string): void {
  if (!/^[a-z0-9]+(?:[-/][a-z0-9]+)*$/.test(branch))
    throw new Error(`'${branch}' is not words in lower case with '-' between`);
}
