/** The rules of a platform's paths: `node:path`, its `posix` or its `win32`. */
export interface PathRules {
  readonly sep: string;
  isAbsolute(path: string): boolean;
  relative(from: string, to: string): string;
}

const devices = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$?|conout\$?)$/i;

/** True for a name that Windows keeps for a device, with whatever ending. */
export function isDeviceName(name: string): boolean {
  return devices.test((name.split(".")[0] ?? "").trimEnd());
}

/** The way from a folder to a file, with forward slashes on every platform. */
export function slashedPath(root: string, file: string, path: PathRules): string {
  return path.relative(root, file).replaceAll(path.sep, "/");
}

/** Where a file lies in a folder, with forward slashes, or undefined when it does not lie in it. */
export function placeIn(root: string, file: string, path: PathRules): string | undefined {
  const place = slashedPath(root, file, path);
  // On Windows the way to another drive is absolute.
  return place === "" || place === ".." || place.startsWith("../") || path.isAbsolute(place) ? undefined : place;
}

/** A path that was looked at: where it lies in its folder, or why it may not be used. */
export type CheckedPath = { readonly place: string } | { readonly problem: string };

const placeCharsMax = 1024;

/**
 * A path that others gave, as a place in a folder that means the same file on every platform: no way out, no drive, no share, no stream of a
 * file, no name that some platform reads differently. Links are not followed; who opens the file does that.
 */
export function safePlace(root: string, written: string, path: PathRules): CheckedPath {
  const inside = path.isAbsolute(written) ? placeIn(root, written, path) : written;
  if (inside === undefined) return { problem: `lies outside of ${root}` };
  if (inside.length > placeCharsMax) return { problem: `has more than ${placeCharsMax} characters` };

  const names = inside.split(path.sep === "\\" ? /[\\/]/ : "/").filter((name) => name !== "" && name !== ".");
  if (names.length === 0) return { problem: "names no file" };
  for (const name of names) {
    const problem = nameProblem(name);
    if (problem !== undefined) return { problem };
  }
  return { place: names.join("/") };
}

function nameProblem(name: string): string | undefined {
  if (name === "..") return "leads out of its folder with '..'";
  const odd = /[<>:"|?*\\]|\p{Cc}/u.exec(name)?.[0];
  if (odd !== undefined) return `holds ${JSON.stringify(odd)}, which not every platform allows in a name`;
  if (/[. ]$/.test(name)) return "has a name that ends with a dot or a space, which Windows drops";
  if (isDeviceName(name)) return `has the name '${name}', which Windows keeps for itself`;
  return undefined;
}
