import { connect, isIP, type Socket } from "node:net";
import type { SendMailOptions, SentMessageInfo, TransportOptions } from "nodemailer";
import { type ErrorCode, RunwrightError, undoneBy } from "../../base/error.ts";
import type { JsonObject } from "../../base/json.ts";
import { builtInLimits } from "./limits.ts";

/** What the actions of `smtp` stand on. */
export interface SmtpOptions {
  /** The address that a host's name stands for, after it was looked at; throws for one that must not be reached. */
  readonly addressOf: (host: string) => Promise<string>;
}

/** What can be done while a mail server is connected. */
export interface Mailer {
  sendMail(mail: SendMailOptions): Promise<SentMessageInfo>;
  verify(): Promise<unknown>;
}

/** Does something with the mail server of these settings, over a connection of its own, which is gone afterwards. The library is loaded here. */
export async function overSmtp<T>(
  { addressOf }: SmtpOptions,
  settings: JsonObject,
  signal: AbortSignal,
  work: (mailer: Mailer) => Promise<T>,
): Promise<T> {
  const { createTransport } = await import("nodemailer");
  const server = serverOf(settings);
  const address = await addressOf(server.host).catch((error: unknown) => {
    throw undoneBy(error);
  });
  const line = createLine(address, server.port);
  signal.addEventListener("abort", line.end, { once: true });
  try {
    if (signal.aborted) throw new Error("aborted");
    return await work(createTransport({ ...transportOf(server, settings), getSocket: line.open } as TransportOptions));
  } catch (error) {
    if (signal.aborted) throw new RunwrightError("call.aborted", "The mail was aborted.", { cause: error });
    throw mailFailure(error, server);
  } finally {
    signal.removeEventListener("abort", line.end);
    line.end();
  }
}

interface Server {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
}

/** TLS is what nobody has to ask for. */
function serverOf({ host, port, tls }: JsonObject): Server {
  if (typeof host !== "string" || host === "")
    throw new RunwrightError(
      "connector.not-configured",
      "smtp has no host: give connectors.<alias>.with: { host: … }.",
    );
  const mode = tls === "implicit" || tls === "none" ? tls : "starttls";
  return { host, port: typeof port === "number" ? port : mode === "implicit" ? 465 : 587, tls: mode };
}

function transportOf({ host, port, tls }: Server, { user, password }: JsonObject): object {
  return {
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    ...(isIP(host) === 0 && { tls: { servername: host } }),
    ...(typeof user === "string" && { auth: { user, pass: typeof password === "string" ? password : "" } }),
    greetingTimeout: builtInLimits.mailAnswerMs,
    socketTimeout: builtInLimits.mailAnswerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

interface Line {
  readonly open: (
    options: unknown,
    got: (error: Error | null, given?: { readonly connection: Socket }) => void,
  ) => void;
  readonly end: () => void;
}

/** The connection is ours, so that it can be ended at any time, and goes where the address was looked at. */
function createLine(address: string, port: number): Line {
  let socket: Socket | undefined;
  return {
    open(_options, got) {
      const opened = connect({ host: address, port, timeout: builtInLimits.mailAnswerMs });
      socket = opened;
      opened.once("timeout", () => opened.destroy(new Error("the server does not answer")));
      opened.once("error", got);
      opened.once("connect", () => {
        opened.removeListener("error", got);
        got(null, { connection: opened });
      });
    },
    end() {
      socket?.destroy(new Error("the connection was ended"));
    },
  };
}

interface MailError extends Error {
  readonly code?: string;
  /** What the library was about to do, `RCPT TO` for one. */
  readonly command?: string;
  readonly syscall?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

function mailFailure(error: unknown, { host, port }: Server): RunwrightError {
  if (error instanceof RunwrightError) return error;
  const { code, responseCode, response, message } = error as MailError;
  const said = (response ?? message).replaceAll(/\s+/g, " ").slice(0, 300).replace(/\.$/, "");
  const meaning = (code === undefined ? undefined : byCode[code]) ?? answerMeaning(responseCode, code);
  return new RunwrightError(meaning, `The mail server ${host}:${port} says: ${said}.`, {
    cause: error,
    undone: isBeforeData(error as MailError),
  });
}

/** The server takes a mail, or does not, once it has let its data come. Before that, what it refuses it does not have. */
function isBeforeData({ code, command = "", syscall }: MailError): boolean {
  if (syscall === "connect" || code === "EENVELOPE") return true;
  return /^(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL FROM|RCPT TO)\b/.test(command) || byCode[code ?? ""] !== undefined;
}

const byCode: Readonly<Record<string, ErrorCode>> = {
  EAUTH: "tool.unauthorised",
  ENOAUTH: "tool.unauthorised",
  // The server speaks no TLS: that is a matter of settings.
  ETLS: "connector.not-configured",
};

const unauthorised: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** A failure as the server told it: what it says may come right later (4xx), or will not (5xx). */
function answerMeaning(answer: number | undefined, code: string | undefined): ErrorCode {
  if (answer === undefined) return code === "EENVELOPE" ? "tool.input-invalid" : "tool.unavailable";
  if (unauthorised.has(answer)) return "tool.unauthorised";
  return answer >= 500 ? "tool.failed" : "tool.unavailable";
}
