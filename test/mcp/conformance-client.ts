// What the protocol's own cases are run with: our connector, pointed at the server of a case.
import type { JsonObject } from "../../src/base/json.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import { openStage } from "./stage.ts";

const url = process.argv.at(-1) ?? "";
const signal = AbortSignal.timeout(20_000);
const inputs: Readonly<Record<string, JsonObject>> = { add_numbers: { a: 2, b: 3 } };

await using stage = openStage();
const bare: ConnectorDescriptor = {
  name: "case",
  version: "1",
  title: "",
  kind: "mcp",
  mcp: { url, tools: "" },
  actions: {},
};
const { tools } = await stage.connector.inspect(bare, { settings: {}, signal });
// The server of the first case has no tools: there the greeting is the case.
if (tools.length > 0) {
  const descriptor = await stage.describe({ url });
  for (const name of Object.keys(descriptor.actions))
    await stage.call(descriptor, name, inputs[name] ?? {}, { signal });
}
