/** A time zone: what clocks in it show. */
export interface Zone {
  readonly name: string;
  /** What has to be added to UTC at a moment to get what clocks show there. */
  offsetMsAt(atMs: number): number;
}

/** The time zone of a name such as `Europe/Berlin`; undefined when there is none. */
export function zoneNamed(name: string): Zone | undefined {
  const format = formatIn(name);
  if (format === undefined) return undefined;
  return {
    name,
    offsetMsAt(atMs) {
      const second = Math.floor(atMs / 1000) * 1000;
      const parts = new Map(format.formatToParts(second).map(({ type, value }) => [type, Number(value)]));
      const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
      const shown = Date.UTC(
        part("year"),
        part("month") - 1,
        part("day"),
        part("hour"),
        part("minute"),
        part("second"),
      );
      return shown - second;
    },
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    // This is how Intl says that it does not know the name.
    return undefined;
  }
}

/** Names of all time zones, for suggestions. */
export function zoneNames(): readonly string[] {
  return [...Intl.supportedValuesOf("timeZone"), "UTC"];
}
