import { type Command, Option } from "commander";
import { type Carry, collect, runArgument, versionArgument } from "./arguments.ts";
import type { InspectOptions } from "./commands/connectors.ts";
import type { FormatOptions } from "./commands/fmt.ts";
import type { PinOptions } from "./commands/pin.ts";
import type { ValidateOptions } from "./commands/validate.ts";

/** Commands about what a project holds beside its runs: files, versions, connectors, rules, and the audit log. */
export function addCommandsOfProject(program: Command, carry: Carry): void {
  addFileCommands(program, carry);
  addConnectorCommands(program, carry);
  addVersionCommands(program, carry);
  addPolicyCommands(program, carry);
  addAuditCommands(program, carry);
}

function addFileCommands(program: Command, carry: Carry): void {
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

function addConnectorCommands(program: Command, carry: Carry): void {
  const connectors = program.command("connectors").description("look at what steps can call");
  connectors
    .command("inspect")
    .argument("<pin-or-file>", "a connector of kind mcp: name@version, or its file")
    .argument("[command...]", "after --: the program that is its server, for a new connector")
    .option("--url <url>", "instead of a program: where the server listens")
    .option("--with <name=value>", "a setting; name=env:NAME takes it from the environment", collect, [])
    .option("--write", "write the connector's file from what the server says")
    .description("show the tools of an MCP server, and write the connector's file")
    .action((what: string, command: string[], options: InspectOptions) =>
      carry(async (session) =>
        (await import("./commands/connectors.ts")).inspectCommand(what, command, options, session),
      ),
    );
}

/** Versions: what a workflow was published as, and what it is pinned to. */
function addVersionCommands(program: Command, carry: Carry): void {
  program
    .command("publish")
    .argument("<file...>", "workflow files")
    .option("--yes", "publish without asking")
    .addOption(new Option("--dry-run", "only show what would be published").conflicts("yes"))
    .description("keep workflow files as the next versions of their workflows, with everything they depend on")
    .action((files: string[], options) =>
      carry(async (session) => (await import("./commands/publish.ts")).publishCommand(files, options, session)),
    );
  program
    .command("versions")
    .argument("[workflow]", "id of a workflow; without it, the latest version of each")
    .option("--limit <n>", "how many at most", "20")
    .description("list published versions, newest first")
    .action((workflow: string | undefined, options) =>
      carry(async (session) => (await import("./commands/versions.ts")).versionsCommand(workflow, options, session)),
    );
  program
    .command("diff")
    .argument("<version>", versionArgument)
    .argument("[other]", "what to compare it with; without it, the latest version")
    .description("show in what two versions differ, in their texts and in what they mean")
    .action((version: string, other: string | undefined) =>
      carry(async (session) => (await import("./commands/diff.ts")).diffCommand(version, other, session)),
    );
  program
    .command("pin")
    .argument("[file...]", "workflow files or files of pins; without any those here and in workflows/")
    .option("--check", "write nothing; exit with 1 when something is not pinned")
    .description("write the versions that are in use today where a file names none")
    .action((files: string[], options: PinOptions) =>
      carry(async (session) => (await import("./commands/pin.ts")).pinCommand(files, options, session)),
    );
}

function addPolicyCommands(program: Command, carry: Carry): void {
  const policy = program.command("policy").description("the rules that every call is held against");
  policy
    .command("show")
    .description("say which rules are in force, and where each stands")
    .action(() => carry(async (session) => (await import("./commands/policy.ts")).policyShowCommand(session)));
  policy
    .command("test")
    .option("--kind <kind>", "of one request: model, tool, function, secret, agent or approval")
    .option("--target <name>", "what it is aimed at, for example zendesk@3.2.0/update_ticket")
    .option("--class <class>", "read, write or irreversible")
    .option("--workflow <id>", "the workflow that asks")
    .option("--tenant <name>", "whose run it is")
    .option("--workspace <name>", "where it is")
    .option("--principal <name>", "who started the run")
    .option("--role <name>", "a role of the principal; may be repeated", collect, [])
    .option("--arguments <json>", "what is asked for")
    .option("--draft", "the run is one of a draft")
    .option("--by-model", "a model chose it")
    .description("hold the rules against policies/*.test.yaml, or against one request; nothing is called")
    .action((options) =>
      carry(async (session) => (await import("./commands/policy.ts")).policyTestCommand(options, session)),
    );
}

/** What was done and by whom, and whether that was changed since. */
function addAuditCommands(program: Command, carry: Carry): void {
  const audit = program
    .command("audit")
    .description("show what was done and by whom, and see whether that was changed");
  audit
    .command("list")
    .option("--run <run>", runArgument)
    .option("--action <action>", "only rows of this action, such as tool.call; with a * at the end all that begin so")
    .option("--limit <n>", "how many of the last rows at most", "100")
    .option("--jsonl", "every row as a line of JSON")
    .description("list the rows of the audit log, oldest first")
    .action((options) =>
      carry(async (session) => (await import("./commands/audit-list.ts")).auditListCommand(options, session), options),
    );
  audit
    .command("verify")
    .argument("[file]", "what `audit export` wrote; without it, the data folder")
    .option("--checkpoints <file>", "checkpoints that lie elsewhere; may be repeated", collect, [])
    .option("--key <file>", "the public key that `audit key` prints")
    .description("find rows that were changed, added, taken away or moved; needs no running process and no secret")
    .action((file: string | undefined, options) =>
      carry(async (session) => (await import("./commands/audit-verify.ts")).auditVerifyCommand(file, options, session)),
    );
  audit
    .command("export")
    .description("write the whole audit log as lines of JSON, which `audit verify` can look through elsewhere")
    .action(() => carry(async (session) => (await import("./commands/audit-export.ts")).auditExportCommand(session)));
  audit
    .command("key")
    .description("print the public key that the checkpoints are signed with, to keep it elsewhere")
    .action(() => carry(async (session) => (await import("./commands/audit-key.ts")).auditKeyCommand(session)));
}
