const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `250ms`, `30s`, `5m`, `2h` or `7d`, or undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const unit = unitMs[match?.[2] ?? ""];
  if (match === null || unit === undefined) return undefined;
  return Math.round(Number(match[1]) * unit);
}

/** A duration for people: `480ms`, `1.2s`, `3m 5s`, `2h 10m`, `4d 3h`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < 1000) return `${ms}ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toString()}s`;
  if (ms < 3_600_000) return twoUnits(ms, "m", "s");
  if (ms < 86_400_000) return twoUnits(ms, "h", "m");
  return twoUnits(ms, "d", "h");
}

function twoUnits(ms: number, big: string, small: string): string {
  const bigMs = unitMs[big] ?? 1;
  const rest = Math.floor((ms % bigMs) / (unitMs[small] ?? 1));
  return rest === 0 ? `${Math.floor(ms / bigMs)}${big}` : `${Math.floor(ms / bigMs)}${big} ${rest}${small}`;
}
