import type { DryApp } from "../app/dry-run/dry-app.ts";
import type { JsonObject } from "../base/json.ts";
import { safeLine } from "./safe-text.ts";

/** What is said of a dry run besides how it ended. */
export interface DryNotes {
  /** For people. */
  lines(): readonly string[];
  /** For programs, beside what they get of every run. */
  document(): JsonObject;
}

const namesShownMax = 20;

/** The notes of a dry run, as it stands when they are asked for. */
export function dryNotes(app: DryApp): DryNotes {
  return {
    lines() {
      const samples = app.samples().map(({ step, of }) => (of === "type" ? step : `${step} (null: no type)`));
      return [
        "This was a dry run: nothing was called, nothing is kept.",
        ...listed("Answers that were samples", samples),
        ...listed("Fixtures that nothing asked for", app.unusedFixtures()),
      ];
    },
    document: () => ({
      dryRun: true,
      samples: app.samples().map(({ step, of }) => ({ step, of })),
      unusedFixtures: app.unusedFixtures(),
    }),
  };
}

function listed(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > namesShownMax ? ` and ${names.length - namesShownMax} more` : "";
  return [`  ${what}: ${names.slice(0, namesShownMax).map(safeLine).join(", ")}${more}`];
}
