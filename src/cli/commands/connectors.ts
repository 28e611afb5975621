import { inspectConnector, type InspectedConnector, writeConnector } from "../../app/connectors.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { RunwrightError } from "../../base/error.ts";
import path from "node:path";
import { exitCodes, type ExitCode } from "../exit.ts";
import { packageFacts } from "../../app/package-facts.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { splitPair, valueOfText } from "../values.ts";

/** Options of `connectors inspect`. */
export interface InspectOptions {
  readonly url?: string;
  readonly with: readonly string[];
  readonly write?: boolean;
}

const inspectMsMax = 120_000;

/** Shows the tools of a connector's server, and writes the connector's file from them. Exit code 1: they are not those of the file. */
export async function inspectCommand(
  what: string,
  command: readonly string[],
  options: InspectOptions,
  session: Session,
): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const { url, write = false } = options;
  if (url !== undefined && command.length > 0)
    throw new RunwrightError("usage.invalid", "A server is a command or a --url, not both.");
  const request = {
    what,
    cwd: session.cwd,
    command,
    ...(url !== undefined && { url }),
    version: packageFacts().version,
    settings: settingsOf(options.with, session.env),
  };
  const found = await inspectConnector(config, request, AbortSignal.timeout(inspectMsMax));
  if (write) writeConnector(found);
  const drifted = !write && found.pinned !== undefined && found.pinned !== digestOf(found);
  report(found, { write, drifted }, path.relative(session.cwd, found.file) || found.file, session);
  return drifted ? exitCodes.failed : exitCodes.ok;
}

/** `name=value`; `name=env:NAME` takes the value from the environment, so that a secret is in no history of a shell. */
function settingsOf(pairs: readonly string[], env: Session["env"]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, text] = splitPair(pair, "--with");
      const variable = /^env:(\w+)$/.exec(text)?.[1];
      if (variable === undefined) return [name, valueOfText(text, true)] as const;
      const value = env[variable];
      if (value === undefined) throw new RunwrightError("secret.missing", `The variable ${variable} is not set.`);
      return [name, value] as const;
    }),
  );
}

function digestOf({ description }: InspectedConnector): string {
  const { mcp } = description.descriptor;
  const digest = isJsonObject(mcp) ? mcp["tools"] : undefined;
  return typeof digest === "string" ? digest : "";
}

function report(
  found: InspectedConnector,
  { write, drifted }: { readonly write: boolean; readonly drifted: boolean },
  file: string,
  { output, json }: Session,
): void {
  const { server, tools } = found.inspection;
  const { loose, missing } = found.description;
  if (json) {
    const digest = digestOf(found);
    output.json({
      server,
      tools,
      digest,
      file,
      written: write,
      drifted,
      loose,
      missing,
      changed: found.changed,
    } as unknown as Json);
    return;
  }
  const actions = found.description.descriptor["actions"] ?? {};
  output.data(safeLine(`${server.name} ${server.version}, protocol ${server.protocol}, ${tools.length} tools`));
  for (const [name, action] of Object.entries(isJsonObject(actions) ? actions : {})) {
    if (!isJsonObject(action)) continue;
    const mark = found.changed.includes(name) && !write ? "  (changed)" : "";
    output.data(
      safeLine(`${name.padEnd(30)}  ${wordOf(action["effect"]).padEnd(11)}  ${wordOf(action["title"])}${mark}`),
    );
  }
  for (const name of missing) output.note(safeLine(`The server has no tool '${name}', which the file names.`));
  if (loose.length > 0)
    output.note(safeLine(`Taken as any input, because their types cannot be written here: ${loose.join(", ")}.`));
  if (write) output.note(safeLine(`Wrote ${file}. What it calls blind may not be repeated: look through the effects.`));
  else if (drifted)
    output.note(safeLine(`These are not the tools that ${file} was written for. Write it again with --write.`));
}

function wordOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
