import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { hasCode, RunwrightError } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import type { ModelReply, ModelRequest } from "../ports/model.ts";
import type { Vault } from "../ports/vault.ts";
import { createCircuit, type Ending } from "./circuit.ts";
import { described, scriptOf } from "./described.ts";
import type { DigestChecks, WireModel } from "./digests.ts";
import { providerLimits } from "./limits.ts";
import type { Party } from "./party.ts";
import { priced } from "./priced.ts";
import type { Price } from "./prices.ts";
import { callScript, type Script, type ScriptCounts } from "./scripted.ts";
import { callSdk } from "./sdk-call.ts";
import type { Unpriced } from "./sdk-reply.ts";
import type { ProviderSettings } from "./settings.ts";
import { aborted, createTurnstile } from "./turnstile.ts";
import type { Wire } from "./wire.ts";

/** What all providers share. */
export interface Surroundings {
  readonly vault: Vault;
  readonly clock: Clock;
  /** Prices of the user, which go before ours. */
  readonly prices: readonly Price[];
  /** Reads a file of answers. Throws `config.invalid`. */
  readonly readScript: (file: string) => Script;
  readonly wire: Wire;
  readonly digests: DigestChecks;
}

/** One provider of the configuration. */
export interface Provider {
  call(model: WireModel, request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
  describe(model: WireModel): JsonObject;
}

/** A provider with its own line of waiting calls and its own circuit. */
export function createProvider(name: string, settings: ProviderSettings, surroundings: Surroundings): Provider {
  const { clock, vault, prices, readScript, wire, digests } = surroundings;
  const party: Party = { name, settings, address: addressOf(settings), vault, clock };
  const { concurrent = providerLimits.concurrent, perMinute } = settings.limits ?? {};
  const turnstile = createTurnstile(name, { concurrent, perMinute }, clock);
  const circuit = createCircuit(name, clock);
  const counts: ScriptCounts = new Map();

  return {
    async call(model, request, signal) {
      // A provider that is down is not waited for.
      circuit.look();
      using _place = await turnstile.enter(signal);
      const leave = circuit.enter();
      let ending: Ending = "unknown";
      try {
        const startedAt = clock.now();
        const reply = await inTime(party, signal, (bounded) => send(model, request, bounded));
        ending = "answered";
        const now = clock.now();
        const usage = priced(party, model, reply, { prices, now });
        return { ...reply, latencyMs: Math.max(0, now - startedAt), usage };
      } catch (error) {
        ending = endingOf(error);
        throw error;
      } finally {
        leave(ending);
      }
    },
    describe: (model) => described(party, model, readScript),
  };

  async function send(model: WireModel, request: ModelRequest, signal: AbortSignal): Promise<Unpriced> {
    const { kind } = settings;
    if (kind === "scripted") {
      const script = scriptOf(party, readScript);
      return await callScript({ script, model: model.name, clock, counts }, request, signal);
    }
    const warning = await digests.check(party, model, signal);
    const reply = await callSdk({ party, kind, model: model.name, wire }, request, signal);
    return warning === undefined ? reply : { ...reply, warnings: [...(reply.warnings ?? []), warning] };
  }
}

function addressOf({ baseUrl, resource, file }: ProviderSettings): string {
  if (baseUrl !== undefined && URL.canParse(baseUrl)) return new URL(baseUrl).origin;
  return resource === undefined ? (file ?? "no address") : `the Azure resource ${resource}`;
}

/** What a call's end says about the provider. */
function endingOf(error: unknown): Ending {
  if (hasCode(error, "model.unavailable")) return "failed";
  // It is there, and it answers; with what does not matter here.
  const answered = ["model.refused", "model.unauthorised", "model.rate-limited"] as const;
  return answered.some((code) => hasCode(error, code)) ? "answered" : "unknown";
}

/** Ends a call when its caller says so, and when it has had its time. */
async function inTime(
  party: Party,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Unpriced>,
): Promise<Unpriced> {
  const timeoutMs = party.settings.timeoutMs ?? providerLimits.callMs;
  const late = new AbortController();
  const alarm = party.clock.after(timeoutMs, () => late.abort());
  const bounded = AbortSignal.any([signal, late.signal]);
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(aborted(party.name));
  bounded.addEventListener("abort", onAbort, { once: true });
  try {
    // Not all that a call waits for knows of signals: a command that gives the key does not.
    return await Promise.race([work(bounded), stopped]);
  } catch (error) {
    if (signal.aborted) throw aborted(party.name);
    if (!late.signal.aborted) throw error;
    const message = `Provider '${party.name}' did not answer within ${formatDuration(timeoutMs)} (providers.${party.name}.timeout).`;
    throw new RunwrightError("model.unavailable", message, { cause: error });
  } finally {
    alarm[Symbol.dispose]();
    bounded.removeEventListener("abort", onAbort);
  }
}
