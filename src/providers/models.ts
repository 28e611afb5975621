import { RunwrightError } from "../base/error.ts";
import type { Models } from "../ports/model.ts";
import { createDigestChecks, wireModel, type WireModel } from "./digests.ts";
import { createProvider, type Provider, type Surroundings } from "./provider.ts";
import type { ProviderSettings } from "./settings.ts";
import { createWire } from "./wire.ts";

/** What models are made of. */
export interface ModelsOptions extends Omit<Surroundings, "wire" | "digests"> {
  /** By the name that stands in front of pins. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
}

/** The models of a configuration. A package is loaded, a key handed out and a connection made at the first call that needs it. */
export function createModels({ providers: settingsByName, ...options }: ModelsOptions): Models {
  const wire = createWire();
  const surroundings = { ...options, wire, digests: createDigestChecks(wire) };
  const providers = new Map<string, Provider>();

  return {
    async call(request, signal) {
      const { provider, model } = find(request.pin);
      return await provider.call(model, request, signal);
    },
    describe(pin) {
      const { provider, model } = find(pin);
      return provider.describe(model);
    },
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };

  function find(pin: string): { readonly provider: Provider; readonly model: WireModel } {
    const slash = pin.indexOf("/");
    if (slash < 1 || slash === pin.length - 1) {
      const message = `'${pin}' is no provider/model. Write for example openai/gpt-5-mini-2025-08-07.`;
      throw new RunwrightError("model.not-configured", message);
    }
    return { provider: providerNamed(pin.slice(0, slash), pin), model: wireModel(pin.slice(slash + 1)) };
  }

  function providerNamed(name: string, pin: string): Provider {
    const known = providers.get(name);
    if (known !== undefined) return known;
    const settings = Object.hasOwn(settingsByName, name) ? settingsByName[name] : undefined;
    if (settings === undefined) throw unknownProvider(name, pin, Object.keys(settingsByName));
    const provider = createProvider(name, settings, surroundings);
    providers.set(name, provider);
    return provider;
  }
}

const namesShownMax = 20;

function unknownProvider(name: string, pin: string, known: readonly string[]): RunwrightError {
  const names = known.slice(0, namesShownMax).join(", ");
  return new RunwrightError(
    "model.not-configured",
    `Model '${pin}' names provider '${name}', which is not configured. Known: ${names}. Add providers.${name} to runwright.config.yaml.`,
  );
}
