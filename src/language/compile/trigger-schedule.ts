import { short } from "../check/short.ts";
import { choiceIn, durationIn, reportShape, scalarIn } from "../check/values.ts";
import type { TriggerPlan } from "../plan.ts";
import { everComes } from "../schedule/calendar.ts";
import { parseCron } from "../schedule/cron.ts";
import { zoneNamed, zoneNames } from "../schedule/zone.ts";
import { offsetsOf } from "../source/offsets.ts";
import type { SourceEntry } from "../source/tree.ts";
import { defined, whenWritten } from "./optional.ts";
import { inputsOf, type WrittenTrigger } from "./trigger-inputs.ts";
import type { Workshop } from "./workshop.ts";

type Schedule = TriggerPlan & { readonly kind: "schedule" };

const everyMsMin = 1000;

/** `on.schedule`. E067. */
export function schedulePlan(shop: Workshop, trigger: WrittenTrigger): Schedule {
  const { written } = trigger;
  const { problems } = shop;
  const cron = written.get("cron");
  const every = written.get("every");
  checkTimes(shop, trigger);
  return defined({
    kind: "schedule" as const,
    cron: whenWritten(cron, (entry) => cronOf(shop, entry)),
    everyMs: whenWritten(every, (entry) => everyOf(shop, entry)),
    timezone: whenWritten(written.get("timezone"), (entry) => timezoneOf(shop, entry)) ?? "UTC",
    overlap:
      whenWritten(written.get("overlap"), (entry) => choiceIn(problems, entry, ["skip", "queue", "allow"] as const)) ??
      ("skip" as const),
    catchup:
      whenWritten(written.get("catchup"), (entry) => choiceIn(problems, entry, ["skip", "one", "all"] as const)) ??
      ("one" as const),
    inputs: inputsOf(shop, trigger, { step: undefined, at: "schedule" }),
  });
}

function checkTimes({ problems }: Workshop, { at, written }: WrittenTrigger): void {
  const every = written.get("every");
  const timezone = written.get("timezone");
  if (written.has("cron") && every !== undefined) {
    problems.report("E015", every.keyRange, "a schedule has cron or every, but here both are written", {
      hint: "keep one of them; two rhythms need two schedules",
    });
  } else if (every !== undefined && timezone !== undefined) {
    problems.report("E015", timezone.keyRange, "timezone means nothing without cron", {
      hint: "remove it: every counts from start to start",
    });
  } else if (!written.has("cron") && every === undefined && !written.meant.has("cron") && !written.meant.has("every")) {
    problems.report("E015", at, "schedule names no times", { hint: 'add cron: "0 7 * * 1-5" or every: 1h' });
  }
}

function everyOf({ problems }: Workshop, entry: SourceEntry): number | undefined {
  const everyMs = durationIn(problems, entry);
  return everyMs !== undefined && everyMs < everyMsMin ? reportShape(problems, entry, "1s or longer") : everyMs;
}

function cronOf(shop: Workshop, entry: SourceEntry): string | undefined {
  const { problems } = shop;
  const scalar = scalarIn(problems, entry, 'five fields, for example "0 7 * * 1-5"');
  if (scalar === undefined) return undefined;

  const { cron, problem } = parseCron(scalar.text);
  if (problem !== undefined) {
    const at = offsetsOf(shop.text, scalar);
    const isWhole = problem.end - problem.start >= scalar.text.length;
    const range = isWhole ? scalar.range : { start: at(problem.start), end: at(problem.end - 1) + 1 };
    problems.report("E067", range, `cron: ${problem.message}`, {
      hint: problem.hint,
      fix: problem.better === undefined ? undefined : { range: scalar.range, text: problem.better },
    });
  } else if (!everComes(cron)) {
    problems.report(
      "E067",
      scalar.range,
      `cron: '${short(scalar.text)}' never comes, since no such month has this day`,
      {
        hint: "the last day of a month is between 28 and 31: name a day that all of them have, or other months",
      },
    );
  }
  return scalar.text;
}

function timezoneOf({ problems }: Workshop, entry: SourceEntry): string | undefined {
  const scalar = scalarIn(problems, entry, "the name of a time zone, such as Europe/Berlin");
  if (scalar === undefined || zoneNamed(scalar.text) !== undefined) return scalar?.text;
  const meant = problems.closest(scalar.text, similarZones(scalar.text));
  problems.report("E015", scalar.range, `timezone is the name of a time zone, not '${short(scalar.text)}'`, {
    hint: meant === undefined ? "for example Europe/Berlin or UTC" : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: scalar.range, text: meant },
  });
  return undefined;
}

/** Zones that begin alike, or whose city is the same: of all of them, too many would have to be compared. */
function similarZones(name: string): readonly string[] {
  const start = name.slice(0, 3).toLowerCase();
  const city = name.slice(name.lastIndexOf("/") + 1).toLowerCase();
  return zoneNames().filter((zone) => {
    const lower = zone.toLowerCase();
    return lower.endsWith(`/${city}`) || (lower.startsWith(start) && Math.abs(zone.length - name.length) <= 2);
  });
}
