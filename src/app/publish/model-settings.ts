import type { JsonObject } from "../../base/json.ts";

/** What a version pins of a model's provider beside the model's name: as far as the pin itself says it. */
export function describeModel(pin: string): JsonObject {
  const slash = pin.indexOf("/");
  return { provider: pin.slice(0, slash), model: pin.slice(slash + 1) };
}
