import type { Clock } from "../../base/clock.ts";
import { type RunKey, runKeyText } from "../../base/ids.ts";
import type { Drive, Host } from "../../ports/host.ts";

/** A host within one process: the one worker is this one, so that placement and fail-over are nothing. */
export function createLocalHost(clock: Clock, failed: (error: unknown) => void): Host {
  const driven = new Set<string>();
  const again = new Map<string, RunKey>();
  const alarms = new Map<string, { readonly at: number; readonly off: Disposable }>();
  let drive: Drive | undefined;
  let closed = false;

  return {
    start(given) {
      drive = given;
      return Promise.resolve();
    },
    nudge(run) {
      begin(run);
      return Promise.resolve();
    },
    wakeAt(run, atMs) {
      const name = runKeyText(run);
      const known = alarms.get(name);
      if (closed || (known !== undefined && known.at <= atMs)) return Promise.resolve();
      known?.off[Symbol.dispose]();
      const off = clock.after(Math.max(0, atMs - clock.now()), () => {
        alarms.delete(name);
        begin(run);
      });
      alarms.set(name, { at: atMs, off });
      return Promise.resolve();
    },
    [Symbol.asyncDispose]() {
      closed = true;
      for (const { off } of alarms.values()) off[Symbol.dispose]();
      alarms.clear();
      return Promise.resolve();
    },
  };

  function begin(run: RunKey): void {
    const name = runKeyText(run);
    if (closed || drive === undefined) return;
    if (driven.has(name)) {
      again.set(name, run);
      return;
    }
    driven.add(name);
    void carryOn(drive, run, name);
  }

  async function carryOn(work: Drive, run: RunKey, name: string): Promise<void> {
    try {
      await work(run);
    } catch (error) {
      failed(error);
    }
    driven.delete(name);
    if (again.delete(name)) begin(run);
  }
}
