import { limits } from "../../base/limits.ts";
import type { AgentBounds } from "./agent.ts";

/** Every bound of a call over HTTP. */
export interface HttpBounds extends AgentBounds {
  /** One request with its redirects, up to the last byte of its answer. */
  readonly requestMs: number;
  /** Bytes of an answer, as they come and as they are when they are unpacked. */
  readonly answerBytesMax: number;
  readonly redirectsMax: number;
}

/** The bounds in force. */
export const httpBounds: HttpBounds = {
  connectMs: limits.connectMs,
  headersMs: limits.answerHeadersMs,
  bodyIdleMs: limits.answerIdleMs,
  requestMs: limits.requestMs,
  connectionsMax: limits.connectionsPerServerMax,
  answerBytesMax: limits.answerBytesMax,
  redirectsMax: limits.redirectsMax,
};
