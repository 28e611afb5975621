import type { Failure } from "./protocol.ts";

const messageCharsMax = 2000;
const framesMax = 5;
const refusals: Readonly<Record<string, string>> = {
  FileSystemRead: "read",
  FileSystemWrite: "write",
  ChildProcess: "start a process",
  WorkerThreads: "start a thread",
};

type ThrownError = Error & Readonly<Record<string, unknown>>;

/** What the message of a failure is made with. */
export interface ThrownIn {
  /** For people: `Function 'hello'`. */
  readonly name: string;
  readonly root: string;
  /** What the permissions allow, in words. */
  readonly allowed: string;
  /** True while the module is being loaded. */
  readonly loading: boolean;
}

/** A thrown value as a failure: message, place and a short stack with paths relative to the project. Never throws itself. */
export function describeThrown(thrown: unknown, where: ThrownIn): Failure {
  try {
    return describe(thrown, where);
  } catch {
    // A getter or proxy of the module's own threw while we looked at what it had thrown.
    return { code: "function.failed", message: `${where.name} threw something that cannot be described.` };
  }
}

function describe(thrown: unknown, where: ThrownIn): Failure {
  const error = thrown instanceof Error ? (thrown as ThrownError) : undefined;
  const refusal = refusalOf(error);
  const frames = framesOf(error?.stack, where.root);
  const verb = where.loading ? "cannot be loaded" : "failed";
  const said = sentence(refusal ?? textOf(thrown), frames[0]);
  const message = `${where.name} ${verb}: ${said}${refusal === undefined ? "" : ` ${where.allowed}`}`;
  return {
    code: codeOf(error, thrown, where.loading),
    message: relative(message, where.root),
    ...(frames.length > 0 && { stack: frames.map((frame) => `  at ${frame}`).join("\n") }),
  };
}

/** Which code tells the engine whether another attempt can help. */
function codeOf(error: ThrownError | undefined, thrown: unknown, loading: boolean): Failure["code"] {
  const code = error?.["code"];
  const isNodes = error instanceof SyntaxError || (typeof code === "string" && code.startsWith("ERR_"));
  if (loading && isNodes) return "function.invalid";
  if (code === "ERR_ACCESS_DENIED") return "function.refused";

  const said = typeof thrown === "object" && thrown !== null && "retryable" in thrown ? thrown.retryable : undefined;
  return said === false ? "function.refused" : "function.failed";
}

/** What a refused access was about; Node's own message names a flag that nobody here can set. */
function refusalOf(error: ThrownError | undefined): string | undefined {
  if (error?.["code"] !== "ERR_ACCESS_DENIED") return undefined;
  const { permission, resource } = error;
  const what = (typeof permission === "string" ? refusals[permission] : undefined) ?? "do this";
  return `it may not ${what}${typeof resource === "string" && resource !== "" ? ` ${resource}` : ""}`;
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) {
    return `it threw ${typeof thrown === "string" ? `'${thrown}'` : String(thrown)}, which is no Error`;
  }
  const text = thrown.message === "" ? thrown.name : thrown.message;
  return thrown.name === "Error" ? text : `${thrown.name}: ${text}`;
}

function sentence(text: string, place: string | undefined): string {
  const short = text.length > messageCharsMax ? `${text.slice(0, messageCharsMax)}…` : text;
  const at = place === undefined ? "" : ` (${place.replace(/^.*\((.*)\)$/, "$1")})`;
  return `${short.trimEnd().replace(/\.$/, "")}${at}.`;
}

/** Frames of the project's own files, for example `run (functions/hello.mjs:3:9)`. */
function framesOf(stack: unknown, root: string): readonly string[] {
  if (typeof stack !== "string") return [];
  const lines = stack.split("\n").map((line) => relative(line, root).trim());
  // The loader puts the place of some syntax errors in front of the stack, as `functions/hello.ts:3`.
  const place = lines[0] !== undefined && /^\S+:\d+$/.test(lines[0]) ? [lines[0]] : [];
  const frames = lines
    .filter(
      (line) =>
        line.startsWith("at ") &&
        !line.includes("node:") &&
        !line.includes("file:") &&
        !line.includes("actions/function/"),
    )
    .map((line) => line.slice(3));
  return [...place, ...frames].slice(0, framesMax);
}

function relative(text: string, root: string): string {
  const folder = root.replaceAll("\\", "/");
  return text
    .replaceAll(`file:///${encodeURI(folder).replace(/^\//, "")}/`, "")
    .replaceAll(`${folder}/`, "")
    .replaceAll(`${root}\\`, "");
}
