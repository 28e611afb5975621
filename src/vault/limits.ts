/** Every bound of secrets. */
export const vaultLimits = {
  /** A shorter value stands in texts by chance: hiding it would spoil them, and not hiding it would give it away. */
  valueCharsMin: 8,
  valueBytesMax: 65_536, // 64 KiB
  /** How long a value is kept in memory before it is read again. */
  keptMs: 60_000,
  /** How long a command may take that prints a secret. */
  commandMsMax: 10_000,
  commandArgumentsMax: 100,
  /** Values that texts are searched for; beyond it the oldest are forgotten. Only what was given out since then counts. */
  liveValuesMax: 1000,
} as const;
