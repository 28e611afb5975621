import { RunwrightError } from "../../base/error.ts";
import type { ExitCode } from "../exit.ts";
import type { Session } from "../session.ts";
import { decideCommand, type DecideOptions } from "./decide.ts";

/** Options of `settle`: exactly one of the three words. */
export interface SettleOptions extends Omit<DecideOptions, "edit"> {
  readonly done?: true;
  readonly retry?: true;
  readonly fail?: true;
}

/** Says what became of a call of which nobody knows, as a decision of the gate that it opened. */
export function settleCommand(
  { run, gate }: { readonly run: string; readonly gate: string | undefined },
  options: SettleOptions,
  session: Session,
): Promise<ExitCode> {
  return decideCommand({ run, gate, outcome: outcomeOf(options) }, { ...options, edit: [] }, session);
}

function outcomeOf({ done, retry, fail }: SettleOptions): "accepted" | "retry" | "rejected" {
  if (done === true) return "accepted";
  if (retry === true) return "retry";
  if (fail === true) return "rejected";
  throw new RunwrightError(
    "usage.invalid",
    "Say what became of the call: --done (with --receipt, where there is one), --retry or --fail.",
  );
}
