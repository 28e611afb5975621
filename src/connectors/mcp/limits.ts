/** Bounds of `mcp` connectors. */
export interface McpLimits {
  /** One message of a server, and so one answer. */
  readonly answerBytesMax: number;
  /** Servers that are connected at the same time. */
  readonly connectionsMax: number;
  /** Until a server that was started, or called for the first time, has to have answered. */
  readonly openMsMax: number;
  /** A call that nobody else ends. */
  readonly callMsMax: number;
  /** How long a connection that nobody uses is kept. */
  readonly idleMs: number;
  /** How long a server may take to end by itself. */
  readonly stopMs: number;
  /** How old the list of tools may be that calls rely on. */
  readonly listAgeMsMax: number;
  readonly listPagesMax: number;
  readonly toolsMax: number;
  /** What is kept of a server's last words, for messages. */
  readonly lastWordsChars: number;
}

/** In force unless a test says otherwise. */
export const mcpLimits: McpLimits = {
  answerBytesMax: 8_388_608, // 8 MiB
  connectionsMax: 32,
  openMsMax: 60_000,
  callMsMax: 3_600_000, // 1 hour
  idleMs: 60_000,
  stopMs: 2000,
  listAgeMsMax: 600_000, // 10 minutes
  listPagesMax: 20,
  toolsMax: 1000,
  lastWordsChars: 1000,
};
