import { type ChildProcess, spawn } from "node:child_process";

/** Ends what the engine leaves behind when it dies without a word. */
export interface Reaper extends Disposable {
  /** Sees to it that there is one, before there is something to reap. */
  ready(): void;
  /** From now on the process group `pid` dies with this process. */
  watch(pid: number): void;
  /** The group has ended. */
  forget(pid: number): void;
}

// Reads `+ pid` and `- pid`; at the end of input, which is the engine's end however it came, kills what is left and removes the scratch folder, if any.
// A process in the midst of its end may still write compiled code, hence the second time.
const script = `
groups=" "
while read -r verb pid; do
  case "$verb" in
    +) groups="$groups$pid " ;;
    -) groups="\${groups%% $pid *} \${groups#* $pid }" ;;
  esac
done
for pid in $groups; do kill -s KILL -- "-$pid" 2>/dev/null; done
rm -rf -- "$1"
[ "$groups" = " " ] && exit
sleep 1
rm -rf -- "$1"
`;

/**
 * A shell that outlives this process by a moment, even after kill -9. `folder` is removed at the end, too; "" is none.
 *
 * A child ends by itself when its pipe closes, but only if its event loop still turns: a module in an endless loop would run on for ever.
 * On Windows the system itself ends children with their parent, so nothing is started there.
 */
export function createReaper(folder: () => string): Reaper {
  const groups = new Set<number>();
  let shell: ChildProcess | undefined;
  let closed = false;

  return {
    ready() {
      if (shell === undefined) tell("");
    },
    watch(pid) {
      groups.add(pid);
      tell(`+ ${pid}`);
    },
    forget(pid) {
      if (groups.delete(pid)) tell(`- ${pid}`);
    },
    [Symbol.dispose]() {
      closed = true;
      shell?.stdin?.end();
      shell = undefined;
    },
  };

  function tell(line: string): void {
    if (closed || process.platform === "win32") return;
    if (shell === undefined) {
      shell = openShell();
      for (const pid of groups) shell.stdin?.write(`+ ${pid}\n`);
      return;
    }
    shell.stdin?.write(`${line}\n`);
  }

  function openShell(): ChildProcess {
    // Detached: the Ctrl+C that ends the engine's process group must not end the reaper before it has reaped.
    const opened = spawn("/bin/sh", ["-c", script, "runwright-reaper", folder()], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: "/usr/bin:/bin" },
    });
    const gone = (): void => {
      if (shell === opened) shell = undefined;
    };
    // Without a shell children still end by their closed pipe; a killed one is opened again with the next child.
    opened.on("exit", gone).on("error", gone);
    opened.stdin.on("error", gone);
    opened.unref();
    return opened;
  }
}
