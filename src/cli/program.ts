import { Command, CommanderError, Option } from "commander";
import type { FormatOptions } from "./commands/fmt.ts";
import type { ValidateOptions } from "./commands/validate.ts";
import { exitCodes, type ExitCode } from "./exit.ts";
import { packageFacts } from "./package-facts.ts";
import { reportError } from "./report.ts";
import { createSession, type GlobalOptions, type Session } from "./session.ts";

/** Carries a command out and keeps its exit code. */
type Carry = (work: (session: Session) => Promise<ExitCode> | ExitCode) => Promise<void>;

/** Runs one command line; resolves to its exit code and never throws. Each command is loaded when it is called. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const program = new Command("runwright");
  const carry: Carry = async (work) => {
    const session = createSession(program.opts<GlobalOptions>());
    try {
      code = await work(session);
    } catch (error) {
      code = reportError(error, session);
    }
  };

  program
    .description("Durable AI workflows from a text file.")
    .version(packageFacts().version, "-V, --version")
    .option("--json", "one JSON document on stdout")
    .option("--no-color", "no colour, as with NO_COLOR")
    .exitOverride()
    .showHelpAfterError("(see runwright --help)");
  addProjectCommands(program, carry);
  addRunCommands(program, carry);
  addDecisionCommands(program, carry);

  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return reportError(error, createSession(program.opts<GlobalOptions>()));
  }
}

function addProjectCommands(program: Command, carry: Carry): void {
  program
    .command("init")
    .argument("[folder]", "where to", ".")
    .description("write a small project that works")
    .action((folder: string) =>
      carry(async (session) => (await import("./commands/init.ts")).initCommand(folder, session)),
    );
  program
    .command("validate")
    .argument("[file...]", "workflow files")
    .addOption(
      new Option("--format <format>", "how problems are shown").choices(["text", "json", "github"]).default("text"),
    )
    .option("--graph", "also say why each step waits for what")
    .option("--explain <code>", "say the rule of a code, such as E304, with an example")
    .description("check workflow files and say everything that is wrong")
    .action((files: string[], options: ValidateOptions) =>
      carry(async (session) => (await import("./commands/validate.ts")).validateCommand(files, options, session)),
    );
  program
    .command("fmt")
    .argument("[file...]", "workflow files, or - for stdin; without any those here and in workflows/")
    .option("--check", "write nothing; exit with 1 when a file would change")
    .description("write workflow files in their canonical form")
    .action((files: string[], options: FormatOptions) =>
      carry(async (session) => (await import("./commands/fmt.ts")).formatCommand(files, options, session)),
    );
  program
    .command("doctor")
    .description("show what is in force, where it came from, and what is wrong")
    .action(() => carry(async (session) => (await import("./commands/doctor.ts")).doctorCommand(session)));
}

function addRunCommands(program: Command, carry: Carry): void {
  following(program.command("run"))
    .argument("<file>", "a workflow file")
    .option("--input <name=value>", "an input; may be repeated", collect, [])
    .option("--inputs <file.json>", "a JSON file with inputs")
    .option("--continue", "go on with an unfinished run of the same version and inputs, if there is one")
    .description("start a workflow and follow it")
    .action((file: string, options) =>
      carry(async (session) => (await import("./commands/run.ts")).runCommand(file, options, session)),
    );
  following(program.command("resume"))
    .argument("[run]", "a run id, the beginning of one, or `latest`; without it, all that were interrupted")
    .description("go on with interrupted and paused runs")
    .action((run: string | undefined, options) =>
      carry(async (session) => (await import("./commands/resume.ts")).resumeCommand(run, options, session)),
    );
  program
    .command("runs")
    .option("--status <status>", "only runs that stand so, for example failed or waiting")
    .option("--workflow <id>", "only runs of this workflow")
    .option("--limit <n>", "how many at most", "20")
    .description("list runs, newest first")
    .action((options) => carry(async (session) => (await import("./commands/runs.ts")).runsCommand(options, session)));
  program
    .command("show")
    .argument("<run>", "a run id, the beginning of one, or `latest`")
    .description("show one run: steps, open gates, output")
    .action((run: string) => carry(async (session) => (await import("./commands/show.ts")).showCommand(run, session)));
  program
    .command("cancel")
    .argument("<run>", "a run id, the beginning of one, or `latest`")
    .option("--reason <text>", "kept with the run")
    .option("--quiet", "no progress")
    .description("cancel a run")
    .action((run: string, options) =>
      carry(async (session) => (await import("./commands/cancel.ts")).cancelCommand(run, options, session)),
    );
}

function addDecisionCommands(program: Command, carry: Carry): void {
  const words = {
    approve: ["accepted", "accept what a gate shows"],
    reject: ["rejected", "reject what a gate shows"],
  } as const;
  for (const name of ["approve", "reject"] as const) {
    const [outcome, description] = words[name];
    const command = program
      .command(name)
      .argument("<run>", "a run id, the beginning of one, or `latest`")
      .argument("[gate]", "path of the gate; not needed when one is open")
      .option("--comment <text>", "kept with the decision")
      .option("--quiet", "no progress")
      .description(description);
    if (name === "approve")
      command.option("--edit <field=value>", "accept with this field changed; may be repeated", collect, []);
    command.action((run: string, gate: string | undefined, options) =>
      carry(async (session) => {
        const { decideCommand } = await import("./commands/decide.ts");
        return decideCommand({ run, gate, outcome }, { edit: [], ...options }, session);
      }),
    );
  }
}

/** `--no-input` beside `--input`, which the parser would keep under one name. */
class NoInput extends Option {
  override attributeName(): string {
    return "ask";
  }
}

function following(command: Command): Command {
  return command
    .option("--yes", "accept every gate")
    .addOption(new NoInput("--no-input", "ask nothing, also in a terminal"))
    .option("--quiet", "no progress");
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
