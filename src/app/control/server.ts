import { randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import path from "node:path";
import { digestText } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import { tokenFile } from "./address.ts";
import { problemOf } from "./problem.ts";
import type { Answer } from "./routes.ts";

const requestMsMax = 30_000;
const closeMsMax = 1000;

/**
 * Answers other commands on this machine until it is disposed.
 *
 * Only the process that holds the data folder may open it: that is what makes it safe to put away the socket of a holder that died.
 */
export async function openControlServer(address: string, answer: Answer): Promise<AsyncDisposable> {
  const token = randomBytes(32).toString("hex");
  const server = createServer({ requestTimeout: requestMsMax }, (request, response) => {
    void handle(request, answer, token).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const problem = problemOf(error);
        send(response, problem.status, { ...problem });
      },
    );
  });

  removeSocket(address);
  writePrivate(tokenFile(address), token);
  await listen(server, address);
  let closing: Promise<void> | undefined;
  return { [Symbol.asyncDispose]: () => (closing ??= putAway()) };

  async function putAway(): Promise<void> {
    await close(server);
    removeSocket(address);
    rmSync(tokenFile(address), { force: true });
    removeIfEmpty(path.dirname(tokenFile(address)));
  }
}

async function handle(request: IncomingMessage, answer: Answer, token: string): Promise<Json> {
  if (!isSame(request.headers.authorization ?? "", `Bearer ${token}`)) {
    throw new RunwrightError("control.unauthorised", "The request does not carry this engine's token.");
  }
  return answer({ method: request.method ?? "GET", url: request.url ?? "/", body: await bodyOf(request) });
}

/** Compares digests, which have one length, so that neither content nor length can be told from the time it takes. */
function isSame(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(digestText(left)), Buffer.from(digestText(right)));
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const bytesMax = limits.inputsBytesMax * 2;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new RunwrightError("step.value-too-large", `A request has at most ${bytesMax} bytes.`);
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Json;
  } catch (error) {
    throw new RunwrightError("usage.invalid", "The request is not JSON.", { cause: error });
  }
}

function send(response: ServerResponse, status: number, body: Json): void {
  const type = status === 200 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      if (process.platform !== "win32") chmodSync(address, 0o600);
      resolve();
    });
  });
}

/** Lets answers that are under way go out, but not for long. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  const timer = setTimeout(() => server.closeAllConnections(), closeMsMax);
  await closed;
  clearTimeout(timer);
}

function writePrivate(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function removeSocket(address: string): void {
  if (process.platform !== "win32") rmSync(address, { force: true });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else lies in it, or it is gone: both are fine.
  }
}
