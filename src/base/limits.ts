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
  /** One value inside an event; a larger one is kept beside the journal, once. */
  inlineBytesMax: 65_536, // 64 KiB
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
  /** A run that was taken up this often in a row, and never got as far as a commit, is not taken up again. */
  deathsMax: 3,
  /** How long such a run is watched alone, before others are taken up beside it. */
  suspectAloneMs: 10_000,
  /** Operations of one step instance, those of one attempt that are under way at once, and the characters of a name. */
  operationsMax: 1000,
  operationsAtOnceMax: 100,
  operationNameMax: 100,
  /** How long after the time of an attempt what it sent may still arrive: only then is looked whether it was carried out. */
  stragglerMs: 30_000,
  /** The longest that another side's wish to be left alone is heeded. */
  retryAfterMsMax: 3_600_000, // 1 h
  /** Runs that are taken over and read at once. */
  loadsAtOnceMax: 100,
  /** Runs that only wait and stay in memory all the same. */
  idleRunsMax: 1000,
  versionsInMemoryMax: 100,
  /** Files of one user module with what it imports, their bytes, and the names in them that are looked for, when it is published and called. */
  moduleFilesMax: 500,
  moduleNamesMax: 4000,
  moduleBytesMax: 16_777_216, // 16 MiB
  /** Lines that steps logged and that are not written yet: beyond either bound the oldest are dropped. */
  logQueueLinesMax: 10_000,
  logQueueCharsMax: 8_388_608, // 8 Mi
  /** How long a line may wait for the next commit before it is written by itself. */
  logDelayMs: 250,
  /** Turns of one conversation with a model, and the tools that it may ask for in one of them. */
  modelTurnsMax: 30,
  modelToolCallsMax: 32,
  pageRowsMax: 1000,
  /** What the steps of one run may log. */
  runLogBytesMax: 67_108_864, // 64 MiB
  /** A request of a connector: until it is connected, until its answer begins, between two parts of it, and in all. */
  connectMs: 10_000,
  answerHeadersMs: 60_000,
  answerIdleMs: 30_000,
  requestMs: 120_000,
  connectionsPerServerMax: 16,
  /** An answer to a connector, packed and unpacked. */
  answerBytesMax: 8_388_608, // 8 MiB
  redirectsMax: 3,
  /** What is kept of another server's own words. */
  remoteWordsMax: 200,
  /** Access tokens that are kept in memory. */
  accessTokensMax: 100,
  /** One text of an audit entry, and the rules that it names: more is cut. */
  auditTextCharsMax: 1000,
  auditRulesMax: 100,
  /** How often the sealer looks for new audit rows, so that each is sealed within a second; and how many it takes at once. */
  auditSealMs: 500,
  auditSealRowsMax: 500,
  /** Tenants of one signed checkpoint, characters of a line of it or of an export, and checkpoints that are read at once. */
  auditHeadsMax: 100,
  auditLineCharsMax: 1_048_576,
  auditCheckpointsMax: 1_000_000,
  /** What `audit verify` says is wrong, at most. */
  auditFindingsMax: 100,
} as const;
