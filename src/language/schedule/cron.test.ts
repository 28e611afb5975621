import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cron, parseCron } from "./cron.ts";

function read(text: string): Cron {
  const { cron, problem } = parseCron(text);
  assert.ok(cron !== undefined, problem?.message);
  return cron;
}

test("fields hold stars, numbers, lists, ranges, steps and names", () => {
  const { minutes, hours, days, months, weekdays } = read("*/20 8-10,22 1,15 jan,MAR-may Mon-Fri/2");
  assert.deepEqual(minutes, [0, 20, 40]);
  assert.deepEqual(hours, [8, 9, 10, 22]);
  assert.deepEqual([...days], [1, 15]);
  assert.deepEqual([...months], [1, 3, 4, 5]);
  assert.deepEqual([...weekdays], [1, 3, 5]);
});

test("7 is Sunday, and a range of weekdays may end with it", () => {
  for (const text of ["7", "0", "SUN", "7,0"]) assert.deepEqual([...read(`0 0 * * ${text}`).weekdays], [0], text);
  for (const text of ["5-7", "FRI-SUN", "fri-7"])
    assert.deepEqual([...read(`0 0 * * ${text}`).weekdays], [5, 6, 0], text);
  assert.equal(read("0 0 * * 0-7").weekdays.size, 7);
  assert.equal(read("0 0 * * *").weekdays.size, 7);
  assert.deepEqual([...read("0 0 * * */3").weekdays], [0, 3, 6]);
});

test("either day field suffices only when both are restricted", () => {
  assert.equal(read("0 0 1 * MON").eitherDay, true);
  assert.equal(read("0 0 * * MON").eitherDay, false);
  assert.equal(read("0 0 */2 * MON").eitherDay, false);
});

/** By line: what is said about it, and the part it is said about. */
const wrong: readonly (readonly [line: string, message: RegExp, part: string])[] = [
  ["61 7 * * *", /minute is 0 to 59, not 61/, "61"],
  ["0 24 * * *", /hour is 0 to 23, not 24/, "24"],
  ["0 0 0 * *", /day of the month is 1 to 31, not 0/, "0"],
  ["0 0 * 13 *", /month is 1 to 12, not 13/, "13"],
  ["0 0 * * 8", /weekday is 0 to 7, not 8/, "8"],
  ["0 0 * * MUN", /'MUN' is not a weekday/, "MUN"],
  ["0 0 * MON *", /'MON' is not a month/, "MON"],
  ["0 22-2 * * *", /'22-2' runs backwards/, "22-2"],
  ["0 0 * * 1,,3", /a weekday is missing/, ","],
  ["5/15 * * * *", /'5\/15' has a step but no range/, "5/15"],
  ["*/0 * * * *", /a step of 0 gets nowhere/, "*/0"],
  ["0 0 ? * *", /'\?' is not known here/, "?"],
  ["0 0 L * *", /'L' is not a day of the month/, "L"],
  ["0 0 * * 5#2", /'5#2' is not a weekday/, "5#2"],
  ["0 0 * * -1", /'-1' is not a weekday/, "-1"],
  ["0 0 0 * * *", /five fields, not 6/, "0 0 0 * * *"],
  ["0 7 * *", /five fields, not 4/, "0 7 * *"],
  ["", /five fields, not 0/, ""],
  ["@daily", /'@daily' is not five fields/, "@daily"],
  [`${"1,".repeat(200)}1 * * * *`, /at most 256 characters/, `${"1,".repeat(200)}1 * * * *`],
];

for (const [line, message, part] of wrong) {
  test(`'${line.slice(0, 20)}' is refused, with the part that is wrong`, () => {
    const { problem } = parseCron(line);
    assert.match(problem?.message ?? "", message);
    assert.equal(line.slice(problem?.start, problem?.end), part);
  });
}

test("what others write is said in this form", () => {
  assert.equal(parseCron("@Hourly").problem?.better, "0 * * * *");
  assert.equal(parseCron("0 22-2 * * *").problem?.hint, "write 22-23,0-2");
  assert.equal(parseCron("5/15 * * * *").problem?.hint, "write 5-59/15");
  assert.equal(parseCron("0 0 * * TEU").problem?.hint, "did you mean TUE?");
  assert.match(parseCron("0 0 0 * * *").problem?.hint ?? "", /leave out the seconds/);
});
