import type { Json } from "../../base/json.ts";
import { examine } from "../../app/doctor.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { packageFacts } from "../../app/package-facts.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Says what is in force, where each value came from, and what is wrong. */
export async function doctorCommand(session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const { version, node } = packageFacts();
  const checks = await examine(config, { found: process.versions.node, wanted: node }, session.env);
  const ok = checks.every((check) => check.ok);

  const { output } = session;
  if (session.json) output.json({ ok, version, checks } as unknown as Json);
  else {
    output.data(`ok    ${"runwright".padEnd(13)}  ${version}`);
    for (const { name, ok: fine, found, origin, fix } of checks) {
      const word = fine ? output.dataTone("good", "ok  ") : output.dataTone("bad", "bad ");
      const from = origin === undefined ? "" : `  (${origin})`;
      output.data(
        `${word}  ${name.padEnd(13)}  ${safeLine(found)}${from}${fix === undefined ? "" : `\n        = ${fix}`}`,
      );
    }
  }
  return ok ? exitCodes.ok : exitCodes.failed;
}
