import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import type { Decision, Report } from "../../engine/contract.ts";
import type { RunQuery, RunStatus } from "../../ports/journal.ts";
import type { ForkPoint, PublishFile, Runs } from "../runs.ts";

/** One request, as a route sees it. */
export interface ControlRequest {
  readonly method: string;
  /** Path and query, for example `/api/v1/runs?limit=20`. */
  readonly url: string;
  readonly body: Json;
}

/** Answers one request over `/api/v1`; throws our errors. */
export type Answer = (request: ControlRequest) => Promise<Json>;

interface Route {
  readonly method: "GET" | "POST";
  /** Segments after `/api/v1`; `*` takes any one segment, decoded. */
  readonly path: readonly string[];
  readonly answer: (taken: readonly string[], body: JsonObject, query: URLSearchParams) => Promise<unknown>;
}

/** The routes of a process that carries runs out. */
export function controlRoutes(runs: Runs, pid: number): Answer {
  const routes: readonly Route[] = [
    { method: "GET", path: ["health"], answer: () => Promise.resolve({ pid }) },
    {
      method: "GET",
      path: ["runs"],
      answer: async (_taken, _body, query) => ({ runs: await runs.list(queryOf(query)) }),
    },
    { method: "POST", path: ["runs"], answer: async (_taken, body) => ({ row: await runs.start(startOf(body)) }) },
    {
      method: "POST",
      path: ["versions"],
      answer: async (_taken, body) => ({ release: await runs.publish(publishOf(body)) }),
    },
    { method: "GET", path: ["runs", "*"], answer: ([run = ""]) => runs.view(run) },
    {
      method: "POST",
      path: ["runs", "*", "gates", "*", "decisions"],
      answer: ([run = "", path = ""], body) => runs.decide(run, decisionOf(path, body)),
    },
    {
      method: "POST",
      path: ["runs", "*", "cancel"],
      answer: ([run = ""], body) => runs.cancel(run, optionalText(body, "reason")),
    },
    { method: "POST", path: ["runs", "*", "pause"], answer: ([run = ""]) => runs.pause(run) },
    { method: "POST", path: ["runs", "*", "events"], answer: ([run = ""], body) => runs.report(run, reportOf(body)) },
    {
      method: "POST",
      path: ["runs", "*", "rerun"],
      answer: async ([run = ""], { input = {}, from }) => ({
        row: await runs.rerun(run, isJsonObject(input) ? input : {}, pointOf(from)),
      }),
    },
    { method: "GET", path: ["runs", "*", "inputs"], answer: ([run = ""]) => runs.inputsOf(run) },
    { method: "POST", path: ["runs", "*", "resume"], answer: ([run = ""]) => runs.resume(run) },
  ];

  return async ({ method, url, body }) => {
    const { pathname, searchParams } = new URL(url, "http://control");
    const segments = pathname.split("/").slice(1).map(decoded);
    if (segments[0] !== "api" || segments[1] !== "v1") throw noRoute(method, pathname);
    const route = routes.find((each) => each.method === method && matches(each.path, segments.slice(2)));
    if (route === undefined) throw noRoute(method, pathname);
    const taken = segments.slice(2).filter((_segment, index) => route.path[index] === "*");
    const answer = await route.answer(taken, isJsonObject(body) ? body : {}, searchParams);
    return (answer ?? {}) as Json;
  };
}

function matches(path: readonly string[], segments: readonly string[]): boolean {
  return path.length === segments.length && path.every((part, index) => part === "*" || part === segments[index]);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RunwrightError("usage.invalid", `'${segment}' in the address is not well encoded.`);
  }
}

function noRoute(method: string, pathname: string): RunwrightError {
  return new RunwrightError("usage.invalid", `There is no ${method} ${pathname}.`);
}

function queryOf(query: URLSearchParams): RunQuery {
  const workflow = query.get("workflow") ?? undefined;
  const status = query.get("status") ?? undefined;
  const before = query.get("before") ?? undefined;
  const limit = Number(query.get("limit") ?? limits.pageRowsMax);
  if (!Number.isInteger(limit) || limit < 1)
    throw new RunwrightError("usage.invalid", "'limit' is a whole number from 1 on.");
  return {
    limit,
    ...(workflow === undefined ? {} : { workflow }),
    ...(status === undefined ? {} : { status: status as RunStatus }),
    ...(before === undefined ? {} : { before }),
  };
}

function startOf(body: JsonObject): Parameters<Runs["start"]>[0] {
  const { file, workflow, number = "latest", input, env } = body;
  const options = { input: isJsonObject(input) ? input : {}, env: isJsonObject(env) ? textsOf(env) : {} };
  if (typeof file === "string") return { file, ...options };
  if (typeof workflow === "string" && (typeof number === "number" || number === "latest"))
    return { workflow, number, ...options };
  const message = "A run to start names its workflow 'file', or a published 'workflow' and its 'number'.";
  throw new RunwrightError("usage.invalid", message);
}

function publishOf({ file, digest }: JsonObject): PublishFile {
  if (typeof file === "string" && (digest === undefined || typeof digest === "string"))
    return { file, ...(digest !== undefined && { digest }) };
  throw new RunwrightError(
    "usage.invalid",
    "What is published names its 'file', and may name the 'digest' that was shown.",
  );
}

function pointOf(from: Json | undefined): ForkPoint | undefined {
  if (from === undefined) return undefined;
  const { kind, id } = isJsonObject(from) ? from : {};
  if (kind === "failed") return { kind };
  if (kind === "step" && typeof id === "string") return { kind, id };
  throw new RunwrightError("usage.invalid", "A run is tried again 'from' { kind: failed } or { kind: step, id }.");
}

function textsOf(object: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
  );
}

function reportOf({ type, data }: JsonObject): Report {
  if (typeof type !== "string" || type === "")
    throw new RunwrightError("usage.invalid", "An event has a 'type', which is a text.");
  return { type, data: data ?? null };
}

function decisionOf(path: string, body: JsonObject): Decision {
  const { outcome, edits } = body;
  if (outcome !== "accepted" && outcome !== "rejected" && outcome !== "changes" && outcome !== "retry") {
    throw new RunwrightError("usage.invalid", "A decision has the 'outcome' accepted, rejected, changes or retry.");
  }
  const comment = optionalText(body, "comment");
  const hash = optionalText(body, "hash");
  return {
    path,
    outcome,
    ...(comment === undefined ? {} : { comment }),
    ...(isJsonObject(edits) ? { edits } : {}),
    ...(hash === undefined ? {} : { hash }),
  };
}

function optionalText(body: JsonObject, key: string): string | undefined {
  const value = body[key];
  return typeof value === "string" ? value : undefined;
}
