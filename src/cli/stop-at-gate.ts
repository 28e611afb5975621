import type { App } from "../app/app.ts";
import type { Interrupt } from "./interrupt.ts";

const opening: ReadonlySet<string> = new Set(["gate.opened", "effect.unknown", "effect.held"]);

/** Stops following once a gate is open in one of these runs, or opens in any run that this process carries out: theirs, or one that they wait for. */
export async function stopAtGate(app: App, runs: readonly string[], interrupt: Interrupt): Promise<Disposable> {
  const subscription = app.subscribe(({ events }) => {
    if (events.some(({ kind }) => opening.has(kind))) interrupt.stop("gate");
  });
  const rows = await Promise.all(runs.map((run) => app.runs.row(run)));
  if (rows.some(({ summary }) => summary.gates.length > 0)) interrupt.stop("gate");
  return subscription;
}
