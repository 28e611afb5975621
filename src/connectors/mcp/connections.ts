import { RunwrightError } from "../../base/error.ts";
import type { Connection } from "./connection.ts";
import type { McpLimits } from "./limits.ts";
import { orAborted } from "./or-aborted.ts";

/** Connections that are kept while they are used, and a little longer. */
export interface Connections extends AsyncDisposable {
  /** Does something with the connection of a key; it is opened when there is none. */
  use<T>(need: Need, work: (connection: Connection) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Which connection is needed. */
export interface Need {
  readonly key: string;
  /** For messages. */
  readonly what: string;
  readonly open: () => Promise<Connection>;
  /** After this, whoever comes next gets another connection; this one ends when its last call has. */
  readonly spoils: (error: unknown) => boolean;
}

interface Slot {
  readonly key: string;
  readonly connection: Promise<Connection>;
  users: number;
  idle: NodeJS.Timeout | undefined;
  /** Set once it is open. */
  live: Connection | undefined;
}

/** No connection yet. */
export function createConnections(limits: McpLimits): Connections {
  const slots = new Map<string, Slot>();
  const retired = new Set<Slot>();
  let closed = false;

  return {
    async use({ key, what, open, spoils }, work, signal) {
      if (closed) throw new RunwrightError("engine.stopping", "The connections to tool servers are closed.");
      const slot = slotOf(key, open);
      slot.users += 1;
      clearTimeout(slot.idle);
      try {
        return await work(await orAborted(slot.connection, what, signal));
      } catch (error) {
        if (spoils(error) && slots.get(key) === slot) {
          slots.delete(key);
          retired.add(slot);
        }
        throw error;
      } finally {
        slot.users -= 1;
        rest(slot);
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      const all = [...slots.values(), ...retired];
      slots.clear();
      await Promise.all(all.map(end));
    },
  };

  function slotOf(key: string, open: () => Promise<Connection>): Slot {
    const known = slots.get(key);
    if (known !== undefined && known.live?.ended() !== true) return known;
    if (known === undefined) makeRoom();
    const slot = openSlot(key, open, () => slots.get(key) === slot && slots.delete(key));
    slots.set(key, slot);
    return slot;
  }

  /** The connection that nobody has used for longest goes; when all are in use, nobody else gets one. */
  function makeRoom(): void {
    if (slots.size + retired.size < limits.connectionsMax) return;
    const unused = [...slots.values()].find(({ users }) => users === 0);
    if (unused === undefined)
      throw new RunwrightError(
        "tool.unavailable",
        `All ${limits.connectionsMax} connections to tool servers are in use; one more was not opened.`,
      );
    slots.delete(unused.key);
    void end(unused);
  }

  function rest(slot: Slot): void {
    if (slot.users > 0) return;
    if (slots.get(slot.key) !== slot) {
      void end(slot);
      return;
    }
    // The one that was used last stands last.
    slots.delete(slot.key);
    slots.set(slot.key, slot);
    slot.idle = setTimeout(() => {
      if (slots.get(slot.key) === slot) slots.delete(slot.key);
      void end(slot);
    }, limits.idleMs);
    slot.idle.unref();
  }

  async function end(slot: Slot): Promise<void> {
    await closeSlot(slot);
    retired.delete(slot);
  }
}

function openSlot(key: string, open: () => Promise<Connection>, failed: () => void): Slot {
  const slot: Slot = { key, connection: open(), users: 0, idle: undefined, live: undefined };
  slot.connection.then((connection) => (slot.live = connection)).catch(failed);
  return slot;
}

async function closeSlot(slot: Slot): Promise<void> {
  clearTimeout(slot.idle);
  try {
    await (await slot.connection).close();
  } catch {
    // It was never open, or is closed already.
  }
}
