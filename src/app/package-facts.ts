import { readFileSync } from "node:fs";

/** Version of this program, and the Node that it needs: from the manifest, which lies two folders above both source and build. */
export function packageFacts(): { readonly version: string; readonly node: string } {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version, engines } = JSON.parse(text) as {
    readonly version: string;
    readonly engines: { readonly node: string };
  };
  return { version, node: engines.node };
}
