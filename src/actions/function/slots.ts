import type { ChildHandle } from "./child-handle.ts";
import type { FunctionLimits } from "./limits.ts";
import { createSuccessors } from "./successors.ts";

/** Which process a call needs. */
export interface Want {
  /** Calls of another key never share a process. */
  readonly key: string;
  readonly file: string;
  /** A process that has loaded the file at another stamp has another module. */
  readonly stamp: string;
}

/** What the processes are made with. */
export interface SlotOptions {
  /** Processes that serve at the same time, at most. */
  readonly size: number;
  readonly limits: FunctionLimits;
  readonly start: (key: string) => ChildHandle;
  /** Resident memory of a process, where the platform shows it. */
  readonly residentBytes: (pid: number) => number | undefined;
}

/** A process and what it may serve. */
export interface Slot {
  readonly key: string;
  readonly child: ChildHandle;
  /** Files that were loaded, with their stamps. */
  readonly stamps: Map<string, string>;
  busy: boolean;
  idleSince: number;
}

/** The processes of a pool. */
export interface Slots extends AsyncDisposable {
  /** A process for this call, warm or started for it; undefined when all are busy. */
  take(want: Want): Slot | undefined;
  /** Its call has ended. */
  free(slot: Slot): void;
  /** True when the slot is free and could serve this call as it is. */
  fits(slot: Slot, want: Want): boolean;
}

/** No processes yet: they are started when they are needed. */
export function createSlots(options: SlotOptions): Slots {
  const { limits } = options;
  // In the order of last use: the front has been idle for longest.
  const slots = new Set<Slot>();
  const children = new Set<ChildHandle>();
  const successors = createSuccessors(start);
  let watch: NodeJS.Timeout | undefined;

  return {
    take,
    free(slot) {
      slot.busy = false;
      slot.idleSince = performance.now();
      const { usable, calls, residentBytes } = slot.child.state;
      if (!usable || calls >= limits.callsMax || residentBytes > limits.residentBytesKept) drop(slot);
      // Exactly then, so that the successor of a process that is seldom called is not started again and again.
      else if (calls === limits.callsMax - limits.callsAhead) successors.prepare(slot.key);
    },
    fits: (slot, want) => slots.has(slot) && fits(slot, want),
    async [Symbol.asyncDispose]() {
      clearInterval(watch);
      for (const { busy, child } of slots) {
        if (busy) child.kill("the engine stops");
        else child.retire();
      }
      successors.expire(0);
      await Promise.all([...children].map((child) => child.gone));
    },
  };

  function take(want: Want): Slot | undefined {
    const idle = [...slots].filter((slot) => !slot.busy);
    const warm = idle.findLast((slot) => fits(slot, want));
    if (warm !== undefined) slots.delete(warm);
    else if (slots.size >= options.size) {
      // One that serves others makes room; without any, the call has to wait.
      const [oldest] = idle;
      if (oldest === undefined) return undefined;
      drop(oldest);
    }
    const slot = warm ?? open(want.key);
    slots.add(slot);
    slot.busy = true;
    slot.stamps.set(want.file, want.stamp);
    return slot;
  }

  function open(key: string): Slot {
    const child = successors.take(key) ?? start(key);
    const slot: Slot = { key, child, stamps: new Map(), busy: false, idleSince: 0 };
    void child.gone.finally(() => slots.delete(slot));
    return slot;
  }

  function start(key: string): ChildHandle {
    const child = options.start(key);
    children.add(child);
    watch ??= setInterval(look, limits.watchMs).unref();
    void child.gone.finally(() => children.delete(child));
    return child;
  }

  function drop(slot: Slot): void {
    slots.delete(slot);
    slot.child.retire();
  }

  function look(): void {
    for (const slot of slots) {
      if (slot.busy) endHungry(slot.child, options);
      else if (performance.now() - slot.idleSince > limits.idleMsMax) drop(slot);
    }
    successors.expire(limits.idleMsMax);
    if (children.size > 0) return;
    clearInterval(watch);
    watch = undefined;
  }
}

function fits(slot: Slot, want: Want): boolean {
  if (slot.busy || slot.key !== want.key || !slot.child.state.usable) return false;
  return (slot.stamps.get(want.file) ?? want.stamp) === want.stamp;
}

function endHungry(child: ChildHandle, { limits, residentBytes }: SlotOptions): void {
  const bytes = child.pid === undefined ? undefined : residentBytes(child.pid);
  if (bytes === undefined || bytes <= limits.residentBytesMax) return;
  child.kill(`it used ${bytes} bytes of memory; at most ${limits.residentBytesMax} are allowed`);
}
