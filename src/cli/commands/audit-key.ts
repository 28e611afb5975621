import { openSigningKey } from "../../app/audit/key.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Prints the public key of the audit log, and makes the pair where there is none yet. */
export async function auditKeyCommand(session: Session): Promise<ExitCode> {
  const { publicPem } = openSigningKey(await sessionConfig(session));
  if (session.json) session.output.json({ key: publicPem });
  else session.output.data(publicPem.trimEnd());
  return exitCodes.ok;
}
