#!/usr/bin/env node
import { packageFacts } from "./package-facts.ts";

// Asking for the version is what scripts do first and most: it must not pay for the parser of the command line.
const [first, second] = process.argv.slice(2);
if ((first === "--version" || first === "-V") && second === undefined) {
  process.stdout.write(`${packageFacts().version}\n`);
} else {
  const { main } = await import("./program.ts");
  process.exitCode = await main(process.argv.slice(2));
}
