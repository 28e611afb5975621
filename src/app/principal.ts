import { userInfo } from "node:os";
import type { Principal, Scope } from "../base/ids.ts";

/** Where all runs of an embedded engine belong. */
export const localScope: Scope = { tenant: "local", workspace: "default" };

/** Who works at this machine: the operating system's user, who has every role, since there is nobody else to ask. */
export function localPrincipal(): Principal {
  return { id: `local:${userName()}`, roles: ["*"] };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no entry among the system's users.
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
