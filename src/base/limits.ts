/** Every bound of the engine, in one place. Each is refused with its own error before it is reached. */
export const limits = {
  /** A workflow file, before it is parsed. */
  sourceBytesMax: 262_144, // 256 KiB
  sourceDepthMax: 32,
  sourceAliasesMax: 32,
  /** Tokens of a file, before they are parsed. */
  sourceTokensMax: 80_000,
  /** Parts of a file with its aliases put in; each `sourceNodeChars` characters of text count as one more. */
  sourceNodesMax: 50_000,
  sourceNodeChars: 64,
  stepsMax: 2000,
  /** Files of a project that are read to check another one. */
  workflowFilesMax: 2000,
  connectorFilesMax: 200,
  /** One value: a step's input or output. */
  valueBytesMax: 8_388_608, // 8 MiB
  inputsBytesMax: 1_048_576, // 1 MiB
  itemsMax: 100_000,
  iterationsMax: 10_000,
  eventsMax: 1_000_000,
  /** Reminders of one gate: whoever has not heard the last of them does not hear the next. */
  remindersMax: 100,
  /** What another try of a run keeps of it, in its first commit. */
  keptEventsMax: 100_000,
  keptBytesMax: 67_108_864, // 64 MiB
  inboxRowsMax: 1000,
  /** Events that are reported to one run, and how long they count. */
  receivedMax: 1000,
  receivedKeptMs: 604_800_000, // 7 days
  /** Bytes of one part of an instance path before it is shortened to a prefix and a digest. */
  keyBytesMax: 96,
  keyPrefixBytes: 64,
  /** Group commit: what one transaction takes at most. */
  commitEventsMax: 1000,
  commitRunsMax: 1000,
  /** How long an aborted call may take to end before its step is cancelled without it. */
  cancelGraceMs: 10_000,
  /** How long a graceful stop waits for running calls; what has not ended then is continued at the next start. */
  stopGraceMs: 5000,
  attemptsMax: 1000,
  /** Runs that only wait and stay in memory all the same. */
  idleRunsMax: 1000,
  versionsInMemoryMax: 100,
  pageRowsMax: 1000,
} as const;
