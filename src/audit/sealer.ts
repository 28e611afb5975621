import type { Clock } from "../base/clock.ts";
import { hasCode } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import type { Audit, Seal } from "../ports/audit.ts";
import { linkRows } from "./chain.ts";

/** What a sealer stands on. */
export interface SealerDeps {
  readonly audit: Pick<Audit, "pending" | "head" | "seal" | "tenants">;
  readonly clock: Clock;
  /** Signs the ends of chains and keeps that outside the store; resolves when it is durable. At most `limits.auditHeadsMax` at once. */
  readonly checkpoint: (heads: readonly Seal[]) => Promise<void>;
  /** Told once when sealing begins to fail. No run waits for it, and it is tried again. */
  readonly trouble: (error: unknown) => void;
}

/** Batches of one turn; what is left comes in the next, so that a flood of rows holds nobody up. */
const batchesMax = 20;

/**
 * Opens the sealer of a store: it links what waits, signs the ends of the chains, and from then on does the same twice a second. Disposing it
 * does so a last time.
 *
 * Nobody tells it of new rows: it looks, so that what writes them pays for nothing else. Links come first and their checkpoint after: a crash
 * between the two leaves links unsigned, which the next opening mends; the other way round it would look like a chain that was cut.
 */
export async function openSealer({ audit, clock, checkpoint, trouble }: SealerDeps): Promise<AsyncDisposable> {
  const sealing = createSealing(audit, checkpoint);
  let timer: Disposable | undefined;
  let turn: Promise<void> = Promise.resolve();
  let isTroubled = false;
  let isEnding = false;

  await attempt(async () => {
    await sealing.signHeads();
    await sealing.sealAll();
  });
  arm(limits.auditSealMs);

  return {
    async [Symbol.asyncDispose]() {
      isEnding = true;
      timer?.[Symbol.dispose]();
      await turn;
      await attempt(() => sealing.sealAll());
    },
  };

  function arm(delayMs: number): void {
    if (isEnding) return;
    timer = clock.after(delayMs, () => {
      turn = attempt(() => sealing.sealAll()).then((isMore) => arm(isMore === true ? 0 : limits.auditSealMs));
    });
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await work();
      isTroubled = false;
      return answer;
    } catch (error) {
      // A store that is closed stays so; the engine is told of that by its own commits.
      if (hasCode(error, "journal.closed")) isEnding = true;
      if (!isTroubled) trouble(error);
      isTroubled = true;
      return undefined;
    }
  }
}

/** The work of a sealer, without its times. */
interface Sealing {
  /** Signs what all chains end with. */
  signHeads(): Promise<void>;
  /** Links what waits and signs; true when more may wait. */
  sealAll(): Promise<boolean>;
}

function createSealing(audit: SealerDeps["audit"], checkpoint: SealerDeps["checkpoint"]): Sealing {
  /** Ends of chains that no checkpoint names yet. */
  const unsigned = new Map<string, Seal>();

  return {
    async signHeads() {
      let page = await audit.tenants(undefined, limits.auditHeadsMax);
      while (page.length > 0) {
        for (const [tenant, head] of await headsOf(page)) unsigned.set(tenant, head);
        await signAll();
        page = await audit.tenants(page.at(-1), limits.auditHeadsMax);
      }
    },
    async sealAll() {
      let isMore = true;
      for (let batch = 0; isMore && batch < batchesMax; batch += 1) isMore = await sealBatch();
      await signAll();
      return isMore;
    },
  };

  async function sealBatch(): Promise<boolean> {
    const rows = await audit.pending(limits.auditSealRowsMax);
    if (rows.length === 0) return false;
    const seals = linkRows(rows, await headsOf(new Set(rows.map((row) => row.tenant))));
    // Another sealer of the same store was quicker: what it left is looked at in the next turn.
    if (!(await audit.seal(seals))) return false;
    for (const seal of seals) unsigned.set(seal.tenant, seal);
    return rows.length === limits.auditSealRowsMax;
  }

  async function headsOf(tenants: Iterable<string>): Promise<ReadonlyMap<string, Seal>> {
    const heads = new Map<string, Seal>();
    for (const tenant of tenants) {
      const head = await audit.head(tenant);
      if (head !== undefined) heads.set(tenant, head);
    }
    return heads;
  }

  async function signAll(): Promise<void> {
    const heads = [...unsigned.values()];
    for (let from = 0; from < heads.length; from += limits.auditHeadsMax) {
      const signed = heads.slice(from, from + limits.auditHeadsMax);
      await checkpoint(signed);
      for (const { tenant } of signed) unsigned.delete(tenant);
    }
  }
}
