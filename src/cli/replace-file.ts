import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Puts a text in the place of a file at once, so that whoever reads it meanwhile sees one or the other. */
export function replaceFile(file: string, text: string): void {
  // A link stays a link: what it leads to is written.
  const place = realpathSync(file);
  const fresh = path.join(path.dirname(place), `.${path.basename(place)}.${process.pid}.new`);
  try {
    writeFileSync(fresh, text, { flag: "wx", flush: true });
    chmodSync(fresh, statSync(place).mode);
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
