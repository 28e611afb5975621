import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { constantFrom, assert as check, oneof, property, string } from "fast-check";
import { isDeviceName, type PathRules, placeIn, safePlace, slashedPath } from "./paths.ts";

const platforms: readonly (readonly [PathRules & typeof path.posix, string])[] = [
  [path.posix, "/work/p"],
  [path.win32, "C:\\work\\p"],
];

test("a file in the folder has the same place on every platform", () => {
  for (const [rules, root] of platforms) {
    const file = rules.join(root, "logs", "real-mode", "a.md");
    assert.equal(placeIn(root, file, rules), "logs/real-mode/a.md");
    assert.deepEqual(safePlace(root, file, rules), { place: "logs/real-mode/a.md" });
    assert.deepEqual(safePlace(root, rules.join("logs", "a.md"), rules), { place: "logs/a.md" });
    for (const written of ["logs/a.md", "./logs//a.md", "logs/./a.md"])
      assert.deepEqual(safePlace(root, written, rules), { place: "logs/a.md" }, written);
    assert.deepEqual(safePlace(root, "..a/b..c/.d", rules), { place: "..a/b..c/.d" });
  }
});

test("what lies outside has no place", () => {
  assert.equal(placeIn("/work/p", "/work/px/a.md", path.posix), undefined);
  assert.equal(placeIn("/work/p", "/work", path.posix), undefined);
  assert.equal(placeIn("/work/p", "/work/p/..x", path.posix), "..x");
  assert.equal(placeIn("C:\\p", "D:\\p\\a.md", path.win32), undefined);
  assert.equal(placeIn("C:\\p", "\\\\server\\share\\a.md", path.win32), undefined);
  assert.equal(placeIn("C:\\p", "c:\\P\\a.md", path.win32), "a.md");
  assert.equal(slashedPath("C:\\p", "C:\\q\\a.md", path.win32), "../q/a.md");
});

const refused = [
  "",
  ".",
  "/",
  "..",
  "../a.md",
  "logs/../../a.md",
  "/etc/passwd",
  "/work/px/a.md",
  "C:\\other\\a.md",
  "C:a.md",
  "D:/a.md",
  "\\\\server\\share\\a.md",
  "\\\\?\\C:\\work\\p\\a.md",
  "\\\\.\\pipe\\a",
  "logs\\..\\..\\a.md",
  "a.md:hidden",
  "a.md::$DATA",
  "nul",
  "logs/CON",
  "logs/con.txt",
  "com1.log.md",
  "LPT¹",
  "aux .md",
  "conin$",
  "a.",
  "logs./a.md",
  "a ",
  "a\0.md",
  "a\n.md",
  "a?.md",
  "a*.md",
  '"a".md',
  "<a>",
  "a|b",
  "x".repeat(1025),
];

test("a path that leads out, or means something else elsewhere, is refused on every platform", () => {
  for (const [rules, root] of platforms) {
    for (const written of refused) assert.ok("problem" in safePlace(root, written, rules), `${rules.sep} ${written}`);
  }
});

test("control: joined as they are, such paths leave the folder", () => {
  for (const [rules, root] of platforms) {
    const out = refused.filter((written) => !rules.resolve(root, written).startsWith(root + rules.sep));
    assert.ok(out.length >= 5, out.join(" "));
  }
});

test("what is said names the cause", () => {
  const problem = (written: string): string => JSON.stringify(safePlace("/work/p", written, path.posix));
  assert.match(problem("/etc/passwd"), /lies outside of \/work\/p/);
  assert.match(problem("../a"), /leads out of its folder with '\.\.'/);
  assert.match(problem("a:b"), /holds .*:.* which not every platform allows/);
  assert.match(problem("logs/nul.txt"), /has the name 'nul\.txt', which Windows keeps/);
});

test("whatever is written, a place lies in its folder and means the same file on both platforms", () => {
  const text = oneof(
    string({ unit: constantFrom("a", ".", "/", "\\", ":", " ", "C", "con", "~", "$") }),
    string(),
    constantFrom(...refused),
  );
  check(
    property(text, (written) => {
      for (const [rules, root] of platforms) {
        const checked = safePlace(root, written, rules);
        if ("problem" in checked) continue;
        for (const [other, folder] of platforms) {
          assert.deepEqual(safePlace(folder, checked.place, other), checked);
          assert.ok(other.resolve(folder, checked.place).startsWith(folder + other.sep));
        }
      }
    }),
    { numRuns: 20_000 },
  );
});

test("a device is known by its name, whatever its case and ending", () => {
  for (const name of ["con", "Con.md", "COM9", "lpt³.x", "conout$", "nul "]) assert.ok(isDeviceName(name), name);
  for (const name of ["cons", "com", "com10", "a.con", "console"]) assert.ok(!isDeviceName(name), name);
});
