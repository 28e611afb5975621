import path from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** How this program is called from here, for the hints that name the next command: what is printed can be typed as it stands. */
export function commandName(env: Env, program: string, cwd: string): string {
  const isOwnPackage = env["npm_package_name"] === "runwright";
  if (env["npm_lifecycle_event"] !== undefined && env["npm_command"] !== "exec" && isOwnPackage)
    return "npm run runwright --";
  if (env["npm_command"] !== undefined || env["npm_lifecycle_event"] !== undefined) return "npx runwright";
  return program.endsWith(".ts") ? `node ${path.relative(cwd, program)}` : "runwright";
}

/** How a run of `file` is started again from here, ready for more options. */
export function runAgain(me: string, file: string, env: Env): string {
  return env["npm_lifecycle_event"] === "start" && env["npm_package_name"] === "runwright"
    ? "npm start --"
    : `${me} run ${file}`;
}
