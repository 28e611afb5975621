// A tool server that does what servers do wrong, on demand. Over its pipes; its arguments: a version, which is a part of what it says of its tools.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { type CallToolResult, fromJsonSchema, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

const [version = "1"] = process.argv.slice(2);

const text = (said: string): CallToolResult => ({ content: [{ type: "text", text: said }] });
const never = (): Promise<never> => new Promise(() => undefined);
const object = <T>(...fields: readonly string[]) =>
  fromJsonSchema<T>({
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])),
    required: [...fields],
    additionalProperties: false,
  });

function bentServer(): McpServer {
  const server = new McpServer({ name: "bent", version });
  const read = { readOnlyHint: true };

  server.registerTool(
    "say",
    { description: `Says it, version ${version}.`, inputSchema: object<{ text: string }>("text"), annotations: read },
    ({ text: said }) => text(said),
  );
  server.registerTool("meta", { inputSchema: object(), annotations: { idempotentHint: true } }, (_given, context) =>
    text(JSON.stringify(context.mcpReq._meta ?? {})),
  );
  server.registerTool("environment", { inputSchema: object(), annotations: read }, () =>
    text(JSON.stringify({ env: process.env, cwd: process.cwd(), pid: process.pid })),
  );
  server.registerTool(
    "fail",
    { inputSchema: object<{ text: string }>("text"), annotations: read },
    ({ text: said }) => ({
      ...text(said),
      isError: true,
    }),
  );
  // Nothing is said of this one: whoever calls it has to fear the worst.
  server.registerTool("note", { inputSchema: object<{ file: string; text: string }>("file", "text") }, (given) => {
    appendFileSync(given.file, `${given.text}\n`);
    return { content: [], structuredContent: { id: 7, links: [{ url: "https://example.com/7" }] } };
  });
  server.registerTool("note_and_hang", { inputSchema: object<{ file: string }>("file") }, ({ file }) => {
    appendFileSync(file, "written\n");
    return never();
  });
  server.registerTool("note_and_die", { inputSchema: object<{ file: string }>("file") }, ({ file }) => {
    appendFileSync(file, "written\n");
    process.kill(process.pid, "SIGKILL");
    return never();
  });
  server.registerTool("long", { inputSchema: object<{ chars: string }>("chars"), annotations: read }, ({ chars }) =>
    text("x".repeat(Number(chars))),
  );
  server.registerTool("child", { inputSchema: object(), annotations: read }, () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
    return text(String(child.pid));
  });
  server.registerTool("change", { inputSchema: object(), annotations: read }, () => {
    said.update({ description: "Something else by now." });
    return text("changed");
  });
  const said = server.registerTool(
    "changing",
    { description: "At first.", inputSchema: object(), annotations: read },
    () => text("still here"),
  );
  server.registerTool("shapes", { inputSchema: object(), annotations: read }, () => ({
    content: [
      { type: "text", text: "a picture" },
      { type: "image", data: Buffer.from("pixels").toString("base64"), mimeType: "image/png" },
      { type: "resource_link", uri: "file:///a.txt", name: "a.txt" },
    ],
  }));
  return server;
}

// Without its input it would end: that is asked of another test.
if (process.env["DEAF"] === "1") setInterval(() => undefined, 1000);
serveStdio(bentServer);
