import { readFileSync } from "node:fs";
import { request } from "node:http";
import { RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import type { Release } from "../../ports/catalog.ts";
import type { ListedRun, RunView, Runs } from "../runs.ts";
import { tokenFile } from "./address.ts";
import { errorOfProblem } from "./problem.ts";

const answerMsMax = 30_000;

/** The runs of the process that answers at `address`. Nothing is held open between calls. */
export function createControlClient(address: string): Runs {
  return {
    async list({ limit, ...query }) {
      const search = new URLSearchParams({ ...query, limit: String(limit) });
      return ((await call("GET", `/runs?${search.toString()}`)) as { readonly runs: readonly ListedRun[] }).runs;
    },
    async row(run) {
      return (await view(run)).row;
    },
    view,
    async start({ env, ...what }) {
      const texts = Object.fromEntries(
        Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
      );
      return ((await call("POST", "/runs", { ...what, env: texts })) as { readonly row: ListedRun }).row;
    },
    async decide(run, { path, ...decision }) {
      await call("POST", `${runPath(run)}/gates/${encodeURIComponent(path)}/decisions`, { ...decision });
    },
    async cancel(run, reason) {
      await call("POST", `${runPath(run)}/cancel`, reason === undefined ? {} : { reason });
    },
    async pause(run) {
      await call("POST", `${runPath(run)}/pause`, {});
    },
    async report(run, { type, data }) {
      await call("POST", `${runPath(run)}/events`, { type, data });
    },
    async rerun(run, input, point) {
      const from = point === undefined ? {} : { from: { ...point } };
      return ((await call("POST", `${runPath(run)}/rerun`, { input, ...from })) as { readonly row: ListedRun }).row;
    },
    async inputsOf(run) {
      return (await call("GET", `${runPath(run)}/inputs`)) as Awaited<ReturnType<Runs["inputsOf"]>>;
    },
    async publish(what) {
      return ((await call("POST", "/versions", { ...what })) as { readonly release: Release }).release;
    },
    async resume(run) {
      await call("POST", `${runPath(run)}/resume`, {});
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };

  async function view(run: string): Promise<RunView> {
    return (await call("GET", runPath(run))) as RunView;
  }

  function runPath(run: string): string {
    return `/runs/${encodeURIComponent(run)}`;
  }

  function call(method: "GET" | "POST", path: string, body?: JsonObject): Promise<unknown> {
    const headers = { authorization: `Bearer ${readToken(address)}`, "content-type": "application/json" };
    const signal = AbortSignal.timeout(answerMsMax);
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: address, method, path: `/api/v1${path}`, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", (error) => reject(unreachable(error)));
        response.on("end", () => {
          const answer = parsed(Buffer.concat(chunks).toString("utf8"));
          if (response.statusCode === 200) resolve(answer);
          else reject(errorOfProblem(answer));
        });
      });
      sent.on("error", (error) => reject(unreachable(error)));
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function readToken(address: string): string {
  try {
    return readFileSync(tokenFile(address), "utf8");
  } catch (error) {
    throw unreachable(error);
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function unreachable(cause: unknown): RunwrightError {
  return new RunwrightError("control.unreachable", "The process that holds the data folder does not answer.", {
    cause,
  });
}
