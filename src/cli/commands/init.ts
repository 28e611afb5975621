import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../../base/error.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import type { Session } from "../session.ts";

const workflow = `workflow: hello
name: Count the words of a text
inputs:
  text: { type: string, default: "A workflow is a file. A run is a journal." }
steps:
  - id: sentences
    function: split-sentences
    with: { text: "\${inputs.text}" }
    output: { sentences: [string] }

  - id: count
    for_each: sentences.output.sentences
    as: sentence
    function: count-words
    with: { sentence: "\${sentence}" }
    output: { sentence: string, words: integer }

  - id: total
    set:
      sentences: "\${size(count.output)}"
      words: "\${sum(count.output.map(each, each.words))}"

  - id: check
    approve: Keep the count of \${total.output.words} words?
    by: [requester]
    show: \${total.output}
output: \${check.output}
`;

const splitSentences = `/** One call of a workflow step: what it is given lies in \`ctx.input\`, what it returns as \`output\` is kept for ever. */
export default async function run(ctx: { input: { text: string } }) {
  const sentences = ctx.input.text.split(/(?<=[.!?])\\s+/).filter(Boolean);
  return { output: { sentences } };
}
`;

const countWords = `export default async function run(ctx: { input: { sentence: string } }) {
  const { sentence } = ctx.input;
  return { output: { sentence, words: sentence.split(/\\s+/).filter(Boolean).length } };
}
`;

const files: Readonly<Record<string, string>> = {
  "workflows/hello.workflow.yml": workflow,
  "functions/split-sentences.ts": splitSentences,
  "functions/count-words.ts": countWords,
};
const ignored = ".runwright/";

/** Writes a small project that works as it is. Nothing that exists is changed, but for a line in `.gitignore`. */
export function initCommand(folder: string, session: Session): ExitCode {
  const root = path.resolve(session.cwd, folder);
  const taken = Object.keys(files).filter((file) => existsSync(path.join(root, file)));
  if (taken.length > 0) {
    throw new RunwrightError("usage.invalid", `${taken.join(", ")} exists already; nothing was written.`);
  }

  for (const [file, text] of Object.entries(files)) {
    const place = path.join(root, file);
    const first = file.endsWith(".workflow.yml") ? schemaLine(root, path.dirname(place)) : "";
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, `${first}${text}`, { flag: "wx" });
  }
  ignoreData(path.join(root, ".gitignore"));

  const { output, me } = session;
  if (session.json) output.json({ folder: root, files: Object.keys(files) });
  for (const file of Object.keys(files)) output.note(`wrote  ${file}`);
  const steps = root === session.cwd ? [] : [`cd ${path.relative(session.cwd, root)}`];
  output.note(["", "Next:", ...steps, `${me} run workflows/hello.workflow.yml`].join("\n  ").trimStart());
  return exitCodes.ok;
}

/** The line by which editors find the schema, where the package is installed in the project: anywhere else its path would be of this machine. */
function schemaLine(root: string, folder: string): string {
  const schema = path.join(root, "node_modules", "runwright", "schema", "workflow.schema.json");
  if (!existsSync(schema)) return "";
  return `# yaml-language-server: $schema=${path.relative(folder, schema).replaceAll(path.sep, "/")}\n`;
}

function ignoreData(file: string): void {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (text.split(/\r?\n/).some((line) => line === ignored || line === ".runwright")) return;
  appendFileSync(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${ignored}\n`);
}
