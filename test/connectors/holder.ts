// Calls a server that would outlive it, says which processes there are now, and waits to be killed.
import { writeFileSync } from "node:fs";
import { bentServer, mapOf, openStage, wordsOf } from "../mcp/stage.ts";

const [file = ""] = process.argv.slice(2);
const stage = openStage();
const descriptor = await stage.describe({ ...bentServer(), env: { DEAF: "1" } });
const { pid } = mapOf((await stage.call(descriptor, "environment")).output);
const started = wordsOf((await stage.call(descriptor, "child")).output);
writeFileSync(file, `${JSON.stringify(pid)} ${started}\n`);
setInterval(() => undefined, 1000);
