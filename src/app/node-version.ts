/** True when a Node version, for example `24.21.0`, satisfies a range of the form `>=24.15`. Plain enough for a Node that is too old. */
export function fitsNode(found: string, wanted: string): boolean {
  const [major = 0, minor = 0] = found.split(".").map(Number);
  const [majorWanted = 0, minorWanted = 0] = wanted.replace(">=", "").split(".").map(Number);
  return major > majorWanted || (major === majorWanted && minor >= minorWanted);
}
