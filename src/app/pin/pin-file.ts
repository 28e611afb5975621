import { readFileSync } from "node:fs";
import path from "node:path";
import { completeWorld, type Source, type World } from "../../language/world.ts";
import { descriptorOf } from "../../language/compile/declare-connectors.ts";
import { isExactVersion, partsOfPin } from "../../language/compile/declare-pins.ts";
import { isModel, isPinnedModel } from "../../language/compile/model-pin.ts";
import type { Diagnostic } from "../../language/diagnostic.ts";
import { edited } from "../../language/format/edits.ts";
import { createProblems } from "../../language/problems.ts";
import type { CatalogReader } from "../../ports/catalog.ts";
import type { Config } from "../config.ts";
import { numberIn } from "../published.ts";
import { latestOf } from "../publish/prepare.ts";
import { fileOf } from "../versions.ts";
import { installedConnectors } from "../world.ts";
import { installedAgent } from "./agent-version.ts";
import { type WrittenPin, writtenPins } from "./written-pins.ts";

/** Where the versions come from that are in use today. */
export interface PinSources {
  readonly config: Config;
  readonly catalog: CatalogReader;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A file after everything was pinned that could be. */
export interface PinnedFile {
  readonly text: string;
  /** What was not pinned. Those with a fix are pinned in the text; of the others the hint says what to do. */
  readonly found: readonly Diagnostic[];
}

/** Writes the version that is in use today wherever a file names none. Nothing else in its text changes. */
export async function pinFile(source: Source, place: string, sources: PinSources): Promise<PinnedFile> {
  const problems = createProblems(source.text);
  for (const pin of writtenPins(source, problems)) {
    const answer = await answers[pin.kind](pin, { ...sources, place, world: worldOf(sources.config) });
    if (answer === undefined) continue;
    const { better, why, hint } = answer;
    const fix = better === undefined ? undefined : { range: pin.range, text: better };
    problems.report(codes[pin.kind], pin.range, `${pin.called} ${why}`, { hint: hint ?? `now ${better}`, fix });
  }
  const found = problems.inOrder(() => "");
  return {
    text: edited(
      source.text,
      found.flatMap(({ fix }) => fix ?? []),
    ),
    found,
  };
}

const codes = { model: "E041", connector: "E043", agent: "E045", workflow: "E068" } as const;

interface Asked extends PinSources {
  readonly place: string;
  readonly world: World;
}

/** Why something is not pinned, with what it is to be or what else to do. */
interface Answer {
  readonly why: string;
  readonly better?: string;
  readonly hint?: string;
}

type AnswerTo = (pin: WrittenPin, asked: Asked) => Promise<Answer | undefined>;

const answers: Readonly<Record<WrittenPin["kind"], AnswerTo>> = {
  model: ({ text }) => Promise.resolve(ofModel(text)),
  connector: ({ text }, { world }) => Promise.resolve(ofConnector(text, world)),
  agent: ({ text }, { env }) => ofAgent(text, env),
  workflow: ({ text }, asked) => ofWorkflow(text, asked),
};

/** Connectors are read when a file names one without a version. */
function worldOf(config: Config): World {
  return completeWorld({
    get connectors() {
      return installedConnectors(config);
    },
  });
}

function ofModel(text: string): Answer | undefined {
  if (isModel(text) && isPinnedModel(text)) return undefined;
  if (!isModel(text))
    return { why: `is not provider/model: '${text}'`, hint: "for example anthropic/claude-haiku-4-5-20251001" };
  return {
    why: `can change: '${text}'`,
    hint: "its provider's list of models names the dated one that it stands for today: write that",
  };
}

function ofConnector(text: string, world: World): Answer | undefined {
  const { name, version } = partsOfPin(text);
  if (version !== undefined && isExactVersion(version)) return undefined;
  const newest = descriptorOf(name, world);
  if (newest === undefined)
    return { why: `is of a connector that is not installed: '${name}'`, hint: "see docs/connectors.md" };
  return { why: `has no version: '${text}'`, better: `${newest.name}@${newest.version}` };
}

async function ofAgent(text: string, env: Asked["env"]): Promise<Answer | undefined> {
  const { name, version } = partsOfPin(text);
  if (version !== undefined && isExactVersion(version)) return undefined;
  const found = await installedAgent(name, env);
  if (found !== undefined) return { why: `has no version: '${text}'`, better: `${name}@${found}` };
  return {
    why: `has no version: '${text}'`,
    hint: `${name} is not installed here, or does not say its version: write it`,
  };
}

async function ofWorkflow(text: string, { config, place, catalog }: Asked): Promise<Answer | undefined> {
  const { name, version } = partsOfPin(text);
  if (version !== undefined && numberIn(version) !== undefined) return undefined;
  const latest = await latestOf(name, catalog);
  const file = fileOf(config, place, name);
  const shown = file === undefined ? name : path.relative(config.root, file);
  const why = `runs what can change: '${text}'`;
  const publish = `publish it first: runwright publish ${shown}`;
  if (latest?.number === undefined) return { why, hint: publish };
  // A draft says what its file says now: another version would be another workflow.
  if (version === "draft" && file !== undefined && readFileSync(file, "utf8") !== latest.source)
    return { why, hint: `${shown} is not what ${name}@${latest.number} was published as; ${publish}` };
  return { why, better: `${name}@${latest.number}` };
}
