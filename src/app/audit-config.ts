import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceMap } from "../language/source/tree.ts";
import { entriesUnder, reportUnknownKeys } from "./checked-file.ts";

/** What the configuration says of the audit log. */
export interface AuditConfig {
  /** Files that get every checkpoint besides the one in the data folder. */
  readonly checkpoints: readonly string[];
}

/** Each is written and synced at every checkpoint. */
const placesMax = 8;

/** Reads `audit: { checkpoints: [file, …] }`. */
export function readAuditConfig(root: SourceMap, problems: Problems): AuditConfig | undefined {
  const example = "checkpoints: [/mnt/other-disk/runwright-checkpoints.jsonl]";
  const entries = entriesUnder(root, "audit", { what: "settings", example }, problems);
  if (entries === undefined) return undefined;
  const map: SourceMap = { kind: "map", range: root.range, entries };
  reportUnknownKeys(map, ["checkpoints"], "under audit", problems);
  const node = entryOf(map, "checkpoints")?.value;
  if (node === undefined) return { checkpoints: [] };
  const hint = `write audit: { ${example} }`;
  const items = node.kind === "list" ? node.items : [];
  const wrong = node.kind === "list" ? items.find((each) => each.kind !== "scalar" || !each.text) : node;
  if (wrong !== undefined)
    problems.report("E015", wrong.range, `'checkpoints' is a list of files, not ${kindOf(wrong)}`, { hint });
  if (items.length > placesMax)
    problems.report("E015", node.range, `'checkpoints' names ${items.length} files, and ${placesMax} are the most`);
  return { checkpoints: items.flatMap((each) => (each.kind === "scalar" ? [each.text] : [])) };
}
