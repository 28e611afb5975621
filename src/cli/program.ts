import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../base/duration.ts";
import { RunwrightError } from "../base/error.ts";
import { type Carry, collect, runArgument, versionArgument } from "./arguments.ts";
import type { KnownCommand } from "./complete.ts";
import { type Shell, shells } from "./shells.ts";
import { exitCodes, type ExitCode } from "./exit.ts";
import { packageFacts } from "../app/package-facts.ts";
import { addCommandsOfProject } from "./project-commands.ts";
import { reportError } from "./report.ts";
import { createSession, type GlobalOptions } from "./session.ts";

/** Runs one command line; resolves to its exit code and never throws. Each command is loaded when it is called. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  const program = new Command("runwright");
  const carry: Carry = async (work, { jsonl = false } = {}) => {
    const session = createSession({ ...program.opts<GlobalOptions>(), jsonl });
    try {
      if (session.json && jsonl)
        throw new RunwrightError("usage.invalid", "--json and --jsonl exclude each other: choose one of them.");
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
  addCommandsOfProject(program, carry);
  addRunCommands(program, carry);
  addSignalCommands(program, carry);
  addDecisionCommands(program, carry);
  addSettle(program, carry);
  addCompletion(program, carry);

  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return reportError(error, createSession(program.opts<GlobalOptions>()));
  }
}

function addRunCommands(program: Command, carry: Carry): void {
  streaming(ending(following(program.command("run"))))
    .argument("<file>", versionArgument)
    .option("--input <name=value>", "an input; may be repeated", collect, [])
    .option("--inputs <file.json>", "a JSON file with inputs")
    .option("--continue", "go on with an unfinished run of the same version and inputs, if there is one")
    .addOption(
      new Option("--dry-run", "play it through: nothing is called, nothing is kept").conflicts(["continue", "yes"]),
    )
    .option("--continue-on-error", "let the run go on where a step fails that does not say what follows")
    .addOption(new Option("--strict", "refuse a file that has warnings"))
    .addOption(
      new Option("--permissive", "take what is not there as null or an empty list, with a warning").conflicts("strict"),
    )
    .option("--fixtures <file>", "what the steps of a dry run give, as YAML or JSON")
    .description("start a workflow and follow it")
    .action((file: string, options) =>
      carry(async (session) => (await import("./commands/run.ts")).runCommand(file, options, session), options),
    );
  streaming(ending(following(program.command("resume"))))
    .argument("[run]", "a run id, the beginning of one, or `latest`; without it, all that were interrupted")
    .description("go on with interrupted and paused runs")
    .action((run: string | undefined, options) =>
      carry(async (session) => (await import("./commands/resume.ts")).resumeCommand(run, options, session), options),
    );
  streaming(ending(following(program.command("rerun"))))
    .argument("<run>", runArgument)
    .option("--input <name=value>", "an input over the ones it had; may be repeated", collect, [])
    .option("--from-step <id>", "keep the results of the steps that do not depend on this one")
    .addOption(
      new Option("--failed", "keep the results of the steps that do not depend on failed ones").conflicts("fromStep"),
    )
    .description("run the same version again, with the same inputs or others")
    .action((run: string, options) =>
      carry(async (session) => (await import("./commands/rerun.ts")).rerunCommand(run, options, session), options),
    );
  streaming(program.command("watch"))
    .argument("<run>", runArgument)
    .option("--end", "go on watching while it waits for people")
    .option("--quiet", "no progress")
    .description("show a run that another process carries out")
    .action((run: string, options) =>
      carry(async (session) => (await import("./commands/watch.ts")).watchCommand(run, options, session), options),
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
    .argument("<run>", runArgument)
    .description("show one run: steps, open gates, output")
    .action((run: string) => carry(async (session) => (await import("./commands/show.ts")).showCommand(run, session)));
  addLogs(program, carry);
  program
    .command("cancel")
    .argument("<run>", runArgument)
    .option("--reason <text>", "kept with the run")
    .option("--quiet", "no progress")
    .description("cancel a run")
    .action((run: string, options) =>
      carry(async (session) => (await import("./commands/cancel.ts")).cancelCommand(run, options, session)),
    );
}

function addLogs(program: Command, carry: Carry): void {
  program
    .command("logs")
    .argument("[run]", runArgument, "latest")
    .option("--step <step>", "only this step, by its id or its path, and what lies below it")
    .option("--level <level>", "only lines as bad as error, warn or action; or only stdout or stderr")
    .option("--follow", "go on until the run has ended")
    .option("--limit <n>", "how many of the last lines at most", logLinesShown)
    .option("--jsonl", "every line as JSON, as it comes")
    .description("show what the steps of a run logged, and when they began and ended")
    .action((run: string, options) =>
      carry(async (session) => (await import("./commands/logs.ts")).logsCommand(run, options, session), options),
    );
}

/** Words for a run under way. */
function addSignalCommands(program: Command, carry: Carry): void {
  program
    .command("pause")
    .argument("<run>", runArgument)
    .option("--quiet", "no progress")
    .description("pause a run: what runs may end, nothing new begins")
    .action((run: string, options) =>
      carry(async (session) => (await import("./commands/pause.ts")).pauseCommand(run, options, session)),
    );
  program
    .command("send")
    .argument("<run>", runArgument)
    .argument("<event>", "name of the event, as `wait: { event: … }` has it")
    .option("--data <json>", "what the event says")
    .option("--quiet", "no progress")
    .description("report an event that a run waits for")
    .action((run: string, event: string, options) =>
      carry(async (session) => (await import("./commands/send.ts")).sendCommand(run, event, options, session)),
    );
}

/** How many lines of a log are shown where nobody says how many. */
const logLinesShown = "1000";
function addDecisionCommands(program: Command, carry: Carry): void {
  const words = {
    approve: ["accepted", "accept what a gate shows"],
    reject: ["rejected", "reject what a gate shows"],
    "request-changes": ["changes", "have what a gate shows made anew, where it offers that"],
  } as const;
  for (const name of ["approve", "reject", "request-changes"] as const) {
    const [outcome, description] = words[name];
    const command = streaming(ending(following(program.command(name))))
      .argument("<run>", runArgument)
      .argument("[gate]", "path of the gate; not needed when one is open")
      .option("--comment <text>", "kept with the decision")
      .description(description);
    if (name === "approve")
      command.option(
        "--edit <field=value>",
        "accept with this field changed or filled in; may be repeated",
        collect,
        [],
      );
    command.action((run: string, gate: string | undefined, options) =>
      carry(async (session) => {
        const { decideCommand } = await import("./commands/decide.ts");
        return decideCommand({ run, gate, outcome }, { edit: [], ...options }, session);
      }, options),
    );
  }
}

/** What became of a call that was cut off: somebody who has looked says so. */
function addSettle(program: Command, carry: Carry): void {
  streaming(ending(following(program.command("settle"))))
    .argument("<run>", runArgument)
    .argument("[gate]", "path of the step; not needed when one is open")
    .addOption(new Option("--done", "the call was carried out: the step goes on").conflicts(["retry", "fail"]))
    .addOption(new Option("--retry", "it was not: it is made once more").conflicts(["done", "fail"]))
    .addOption(new Option("--fail", "the step fails").conflicts(["done", "retry"]))
    .addOption(new Option("--receipt <json>", "with --done: what the call left behind").conflicts(["retry", "fail"]))
    .option("--comment <text>", "kept with the decision")
    .description("say what became of a call of which nobody knows whether it was carried out")
    .action((run: string, gate: string | undefined, options) =>
      carry(
        async (session) => (await import("./commands/settle.ts")).settleCommand({ run, gate }, options, session),
        options,
      ),
    );
}

/** `completion` prints a script for a shell, which asks the hidden `__complete` for what may stand next. */
function addCompletion(program: Command, carry: Carry): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .description("print a script that lets a shell complete commands, options, runs and files")
    .action((shell: Shell) =>
      carry(async (session) => (await import("./commands/completion.ts")).completionCommand(shell, session)),
    );
  program
    .command("__complete", { hidden: true })
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .action((words: string[]) =>
      carry(async (session) => (await import("./complete.ts")).completeCommand(words, commandsOf(program), session)),
    );
}

function commandsOf(program: Command): readonly KnownCommand[] {
  return program.commands
    .filter((command) => !command.name().startsWith("_"))
    .map((command) => ({
      name: command.name(),
      takes: command.registeredArguments.map((argument) => argument.name()),
      options: command.options.map((option) => option.long ?? "").filter(Boolean),
      commands: command.commands.map((below) => below.name()),
    }));
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

function ending(command: Command): Command {
  return command
    .addOption(new Option("--until-gate", "stop at the first gate that is open, also in a terminal").conflicts("yes"))
    .option("--summary", "show a table of the steps at the end")
    .option("--log <file.jsonl>", "append a line of JSON for every attempt of a call that ends");
}

/** Options of commands that other programs read along with. */
function streaming(command: Command): Command {
  return command
    .option("--jsonl", "every event of the run as a line of JSON on stdout, then how it stands")
    .addOption(
      new Option("--timeout <duration>", "stop following after this time; the run goes on later").argParser(timeoutMs),
    );
}

const timeoutMsMax = 24 * 86_400_000;

function timeoutMs(text: string): number {
  const ms = parseDuration(text) ?? 0;
  if (ms > 0 && ms <= timeoutMsMax) return ms;
  throw new InvalidArgumentError("It takes a duration from 1ms to 24d, such as 90s or 2h.");
}
