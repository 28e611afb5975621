import { readAuditLog } from "../../app/audit/read-log.ts";
import { exportHead, exportLine } from "../../audit/export-line.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Writes every row of the audit log with its link, one a line. */
export async function auditExportCommand(session: Session): Promise<ExitCode> {
  const { output } = session;
  let isBegun = false;
  for await (const item of readAuditLog(await sessionConfig(session))) {
    if (!output.isRead()) break;
    if (!isBegun) await output.jsonLine(exportHead);
    isBegun = true;
    await output.jsonLine(exportLine(item));
  }
  if (!isBegun) await output.jsonLine(exportHead);
  return exitCodes.ok;
}
