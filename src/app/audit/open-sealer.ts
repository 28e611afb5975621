import { mkdirSync } from "node:fs";
import type { Signer } from "../../audit/checkpoint.ts";
import { openSealer } from "../../audit/sealer.ts";
import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/error.ts";
import type { Audit } from "../../ports/audit.ts";
import type { Config } from "../config.ts";
import { createCheckpointFiles, ownCheckpoints } from "./checkpoint-files.ts";
import { auditFolder, openSigningKey } from "./key.ts";

/**
 * Opens the sealer of a data folder, for the one process that holds it. The key is read, or made, with the first checkpoint: a project without a
 * row in its audit log has none.
 */
export function openAuditSealer(config: Config, audit: Audit, clock: Clock): Promise<AsyncDisposable> {
  const write = createCheckpointFiles([ownCheckpoints(config), ...(config.audit?.checkpoints ?? [])]);
  let signer: Signer | undefined;
  return openSealer({
    audit,
    clock,
    async checkpoint(heads) {
      mkdirSync(auditFolder(config), { recursive: true, mode: 0o700 });
      const key = (signer ??= openSigningKey(config));
      await write(heads, () => key.line(heads, clock.now()));
    },
    // Runs go on: what they do stays in the store, and is linked and signed as soon as that works. Whoever runs the process should know.
    trouble: (error) =>
      process.emitWarning(`The audit log waits to be sealed: ${messageOf(error)}`, { code: "RUNWRIGHT_AUDIT" }),
  });
}
