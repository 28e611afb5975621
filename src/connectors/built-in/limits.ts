/** Bounds of the connectors that come along. */
export const builtInLimits = {
  /** A text that is read or written. */
  textBytesMax: 4_194_304, // 4 MiB
  /** What a receipt keeps of a file's content. */
  beforeBytesMax: 65_536, // 64 KiB
  entriesMax: 1000,
  /** Of each of a program's two outputs. */
  printedBytesMax: 1_048_576, // 1 MiB
  programMs: 600_000,
  /** How long a mail server may take to answer a line. */
  mailAnswerMs: 60_000,
  mailBytesMax: 26_214_400, // 25 MiB
} as const;
