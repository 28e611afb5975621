import type { RunKey } from "../base/ids.ts";

/** What a module said, or what it wrote where nobody looks: its output and its error output. */
export type LogLevel = "action" | "warn" | "error" | "stdout" | "stderr";

/** One line that an attempt of a step logged. */
export interface LogEntry {
  readonly key: RunKey;
  /** Instance path, for example `architectures[EP-2]/design`. */
  readonly path: string;
  readonly attempt: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** A line as stored. */
export interface LogRow extends LogEntry {
  /** Rises within a run. */
  readonly n: number;
}

/** Filter and place of a page of lines. */
export interface LogQuery {
  /** Exclusive; 0 = from the first. */
  readonly after: number;
  /** Only this instance and what lies below it. */
  readonly path?: string;
  readonly levels?: readonly LogLevel[];
  readonly limit: number;
}

/**
 * What steps logged. Not part of the journal: a line may be lost with the process that had it.
 *
 * Errors are those of the journal; but a run that is not there, or is another's, has no lines and takes none, and that is no error.
 */
export interface Logs {
  /**
   * All in one transaction. Of a run that has `limits.runLogBytesMax` of text the rest is left out, with one last line (level `warn`, path "")
   * that says so.
   */
  write(batch: readonly LogEntry[]): Promise<void>;
  /** A page of lines, ordered by `n`. No page is longer than `limits.pageRowsMax`. */
  read(key: RunKey, query: LogQuery): Promise<readonly LogRow[]>;
}
