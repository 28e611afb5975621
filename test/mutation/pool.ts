import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { Outcome, Request } from "./messages.ts";

/** A warm process for mutants, replaced when it hangs and after a number of them, since modules are never unloaded. */
export interface Worker {
  /** The answer, or "timeout" when there was none in time. */
  ask(request: Request, msMax: number): Promise<Outcome | "timeout">;
  close(): void;
}

const requestsMax = 40;

/** A worker over a copy of the project. */
export function createWorker(root: string): Worker {
  let child: ChildProcess | undefined;
  let requests = 0;

  return {
    async ask(request, msMax) {
      requests += 1;
      if (requests > requestsMax) stop();
      child ??= fork(path.join(root, "test/mutation/worker.ts"), [root], {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      const outcome = await answerOf(child, request, msMax);
      if (outcome === "timeout") stop();
      return outcome;
    },
    close: stop,
  };

  function stop(): void {
    child?.kill("SIGKILL");
    child = undefined;
    requests = 0;
  }
}

function answerOf(child: ChildProcess, request: Request, msMax: number): Promise<Outcome | "timeout"> {
  return new Promise((resolve) => {
    const done = (outcome: Outcome | "timeout"): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(outcome);
    };
    const timer = setTimeout(() => done("timeout"), msMax);
    child.on("message", (outcome: Outcome) => done(outcome));
    // A mutant that ends the process (out of memory, too deep) has been noticed.
    child.on("exit", (code) => done({ id: request.id, ms: 0, failed: [`the process ended with ${code}`] }));
    child.send(request);
  });
}
