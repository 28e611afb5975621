import { dayOf, nextDay, wallAt } from "./calendar.ts";
import type { Cron } from "./cron.ts";
import type { Zone } from "./zone.ts";

const dayMs = 86_400_000;
const hoursOfDay = 24;

/**
 * The next times, after a moment, at which a cron is due in a time zone; fewer than `count` when there are no more.
 *
 * When clocks are set forward, a time that they skip is due as much later as they are set: 02:30 becomes 03:30, once. When they are set
 * back, a time that comes twice is due the first time only, unless the cron names every hour of the day: then the hour that is lived
 * twice counts twice.
 */
export function nextTimes(
  { cron, zone }: { cron: Cron; zone: Zone },
  afterMs: number,
  count: number,
): readonly number[] {
  const found = new Set<number>();
  // A time that clocks skip is due on the same day or, where a whole day was skipped, on the next: hence one day before and one behind.
  let day = nextDay(cron, dayOf(afterMs + zone.offsetMsAt(afterMs)) - 1);
  for (let last: number | undefined; day !== undefined && (last === undefined || day <= last);) {
    for (const time of timesOf(cron, zone, day)) if (time > afterMs) found.add(time);
    if (found.size >= count) last ??= day + 1;
    day = nextDay(cron, day + 1);
  }
  return [...found].toSorted((left, right) => left - right).slice(0, count);
}

/** When a cron is due on one day of the calendar. */
function timesOf(cron: Cron, zone: Zone, day: number): readonly number[] {
  const before = zone.offsetMsAt(wallAt(day, 0, 0) - dayMs);
  const after = zone.offsetMsAt(wallAt(day + 1, 0, 0) + dayMs);
  const walls = cron.hours.flatMap((hour) => cron.minutes.map((minute) => wallAt(day, hour, minute)));
  if (before === after) return walls.map((wall) => wall - before);

  const isEveryHour = cron.hours.length === hoursOfDay;
  return walls.flatMap((wall) => {
    const moments = [wall - before, wall - after].filter((time) => zone.offsetMsAt(time) === wall - time);
    if (moments.length === 0) return [wall - before];
    return isEveryHour ? moments : [Math.min(...moments)];
  });
}
