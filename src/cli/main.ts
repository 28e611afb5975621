#!/usr/bin/env node
import { fitsNode } from "../app/node-version.ts";
import { packageFacts } from "../app/package-facts.ts";

const { version, node } = packageFacts();
// Asking for the version is what scripts do first and most: it must not pay for the parser of the command line.
const [first, second] = process.argv.slice(2);
if ((first === "--version" || first === "-V") && second === undefined) {
  process.stdout.write(`${version}\n`);
} else if (!fitsNode(process.versions.node, node)) {
  // An older Node cannot even read the rest: it would end in a syntax error that names neither the cause nor the mend.
  process.stderr.write(
    `Runwright needs Node ${node}; this is Node ${process.versions.node}. Install a newer one and try again.\n`,
  );
  process.exitCode = 1;
} else {
  const { main } = await import("./program.ts");
  process.exitCode = await main(process.argv.slice(2));
}
