// Plain old JavaScript on purpose: any Node must be able to read this file and print the message.
"use strict";

var wanted = require("../package.json").engines.node.replace(">=", "").split(".").map(Number);
var found = process.versions.node.split(".").map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  console.error(
    "Runwright needs Node " +
      wanted.join(".") +
      " or newer; this is Node " +
      process.versions.node +
      " (" +
      process.execPath +
      ").",
  );
  console.error(
    "On Linux (x64, arm64) and Windows (x64) `npm ci` brings a fitting Node with it: run `npm ci` first, without --omit=optional.",
  );
  console.error("On any other machine install Node " + wanted.join(".") + " or newer and try again.");
  process.exit(1);
}
