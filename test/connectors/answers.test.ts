// What a server answers that is not what was asked for: each becomes one of our codes, within bounds, and says nothing that is secret.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type ErrorCode, hasCode, messageOf, RunwrightError } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { createHttpConnector } from "../../src/connectors/http/http-connector.ts";
import { builtIn, type Caller, callerOf, callOf } from "./caller.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const secret = "tok-canary/7+Äx";
const json = { "content-type": "application/json" } as const;
const bounds = { answerBytesMax: 10_000 } as const;
/** For servers that never answer: nobody else is held against so little time. */
const impatient = { ...bounds, headersMs: 300, bodyIdleMs: 300, requestMs: 1500 } as const;

async function withServer(handler: Handler, work: (http: Caller, url: string) => Promise<void>): Promise<void> {
  const server = createServer(handler);
  const url = await listening(server);
  try {
    await using http = callerOf("http", { base: url, token: secret }, { bounds });
    await work(http, url);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The failure of a call. */
async function failureOf(call: Promise<unknown>): Promise<RunwrightError> {
  const failure: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof RunwrightError, `it did not fail with a code: ${messageOf(failure)}`);
  return failure;
}

function ticketFrom(body: string | Buffer, headers: Readonly<Record<string, string>> = json): Handler {
  return (_, response) => response.writeHead(200, headers).end(body);
}

const bad: readonly (readonly [name: string, handler: Handler, code: ErrorCode, message: RegExp])[] = [
  [
    "HTML",
    ticketFrom("<html>", { "content-type": "text/html" }),
    "tool.bad-answer",
    /text\/html where JSON was expected/,
  ],
  ["truncated JSON", ticketFrom('{"ticket": {"id"'), "tool.bad-answer", /breaks off or cannot be read/],
  ["bytes that are no text", ticketFrom(Buffer.from([0x22, 0xff, 0x22])), "tool.bad-answer", /no text in UTF-8/],
  ["JSON of another shape", ticketFrom('{"ticket": {"id": 1}}'), "tool.bad-answer", /not what the descriptor/],
  ["a list", ticketFrom("[]"), "tool.bad-answer", /not what the descriptor/],
  ["nothing", ticketFrom(""), "tool.bad-answer", /not what the descriptor/],
  [
    "JSON that is nested 100,000 deep",
    ticketFrom(`${"[".repeat(4000)}${"]".repeat(4000)}`),
    "tool.bad-answer",
    /nested too deeply/,
  ],
  ["more than the bound", ticketFrom(JSON.stringify("x".repeat(20_000))), "tool.bad-answer", /more than 10000 bytes/],
  [
    "a gzip that unpacks to more than the bound",
    ticketFrom(gzipSync(Buffer.alloc(50_000_000)), { ...json, "content-encoding": "gzip" }),
    "tool.bad-answer",
    /more than 10000 bytes/,
  ],
  [
    "a brotli that unpacks to more than the bound",
    ticketFrom(brotliCompressSync(Buffer.alloc(50_000_000)), { ...json, "content-encoding": "br" }),
    "tool.bad-answer",
    /more than 10000 bytes/,
  ],
  ["a gzip that is none", ticketFrom("{}", { ...json, "content-encoding": "gzip" }), "tool.bad-answer", /unpacked/],
  [
    "another packing",
    ticketFrom("{}", { ...json, "content-encoding": "zstd, gzip" }),
    "tool.bad-answer",
    /nobody asked for/,
  ],
  [
    "an answer that ends before its length",
    (_, response) => {
      response.writeHead(200, { ...json, "content-length": "1000" }).write('{"a":');
      setImmediate(() => response.destroy());
    },
    "tool.bad-answer",
    /breaks off/,
  ],
  ["a closed connection", (request) => request.socket.destroy(), "tool.unavailable", /cannot be reached, or broke off/],
  ["no headers at all", () => {}, "tool.unavailable", /did not answer in time/],
  [
    "half a body, and then nothing",
    (_, response) => response.writeHead(200, json).write("{"),
    "tool.unavailable",
    /did not answer in time/,
  ],
  [
    "a body that never ends",
    (_, response) => {
      response.writeHead(200, json);
      const timer = setInterval(() => response.write(" "), 50);
      response.on("close", () => clearInterval(timer));
    },
    "tool.unavailable",
    /did not answer in time/,
  ],
  [
    "headers without end",
    (_, response) => response.writeHead(200, { ...json, "x-long": "x".repeat(100_000) }).end("{}"),
    "tool.bad-answer",
    /headers of the answer are too large/,
  ],
];

for (const [name, handler, code, message] of bad) {
  test(`${name} is ${code}`, async () =>
    await withServer(handler, async (_, url) => {
      const isLate = message.source.includes("in time");
      const settings = { url, email: "ada@example.com", token: secret };
      await using desk = callerOf("zendesk", settings, { bounds: isLate ? impatient : bounds });
      const failure = await failureOf(desk.call("get_ticket", { id: "7" }));
      assert.equal(failure.code, code, failure.message);
      assert.match(failure.message, message);
    }));
}

test("control: what was asked for is taken, packed or not", async () => {
  for (const [body, headers] of [
    ["{}", json],
    [gzipSync("{}"), { ...json, "content-encoding": "gzip" }],
    [brotliCompressSync("{}"), { ...json, "content-encoding": "br" }],
  ] as const)
    await withServer(ticketFrom(body, headers), async (http) => {
      assert.deepEqual(((await http.call("get", { path: "" })).output as JsonObject)["body"], {});
    });
});

const statuses: readonly (readonly [
  status: number,
  code: ErrorCode,
  headers?: Readonly<Record<string, string>>,
  retryAfterMs?: number,
])[] = [
  [400, "tool.failed"],
  [401, "tool.unauthorised"],
  [403, "tool.unauthorised"],
  [404, "tool.failed"],
  [408, "tool.unavailable"],
  [409, "tool.conflict"],
  [412, "tool.conflict"],
  [422, "tool.failed"],
  [429, "tool.rate-limited", { "retry-after": "7" }, 7000],
  [429, "tool.rate-limited", { "retry-after": "Sun, 01 Mar 2026 09:31:00 GMT" }, 60_000],
  [429, "tool.rate-limited", { "retry-after": "99999999" }, 3_600_000],
  [429, "tool.rate-limited", { "retry-after": "soon" }],
  [429, "tool.rate-limited", { "retry-after": "Sun, 01 Mar 2020 09:31:00 GMT" }, 0],
  [500, "tool.unavailable"],
  [503, "tool.unavailable", { "retry-after": "1" }, 1000],
  [304, "tool.bad-answer"],
];

for (const [status, code, headers = {}, retryAfterMs] of statuses) {
  test(`${status} ${JSON.stringify(headers)} is ${code}`, async () =>
    await withServer(
      (_, response) => response.writeHead(status, headers).end(),
      async (http) => {
        const failure = await failureOf(http.call("get", { path: "/a" }));
        assert.deepEqual([failure.code, failure.retryAfterMs], [code, retryAfterMs], failure.message);
      },
    ));
}

test("a conflict of a call with a key is the first call still at work", async () =>
  await withServer(
    (_, response) => response.writeHead(409).end(),
    async (http) => {
      assert.equal((await failureOf(http.call("post_once", { path: "/a", body: {} }))).code, "tool.unavailable");
      assert.equal((await failureOf(http.call("post", { path: "/a", body: {} }))).code, "tool.conflict");
    },
  ));

test("no failure holds a secret, in whatever spelling the server gives it back", async () => {
  const spellings = [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("base64url"),
    Buffer.from(secret).toString("hex"),
    JSON.stringify(secret).slice(1, -1),
  ];
  const description = `You sent ${spellings.join(" and ")}\u001b[31m\n${"x".repeat(5000)}`;
  await withServer(
    (_, response) => response.writeHead(422, json).end(JSON.stringify({ description })),
    async (__, url) => {
      await using desk = callerOf("zendesk", { url, email: "ada@example.com", token: secret }, { bounds });
      const failure = await failureOf(desk.call("get_ticket", { id: "7" }));
      const shown = `${failure.message} ${failure.stack ?? ""} ${JSON.stringify(failure.cause ?? null)}`;
      for (const spelling of spellings) assert.ok(!shown.includes(spelling), spelling);
      assert.match(failure.message, /You sent •••• and ••••/);
      assert.ok(failure.message.length < 400 && !failure.message.includes("\u001b"), failure.message);
    },
  );
});

test("a read that is redirected elsewhere takes nothing along that signs in; at home it does", async () => {
  const seen: string[] = [];
  await withServer(
    (request, response) => {
      seen.push(`other ${request.headers.authorization ?? "nobody"} ${String(request.headers["traceparent"])}`);
      response.writeHead(200, json).end("{}");
    },
    async (_, other) =>
      await withServer(
        (request, response) => {
          seen.push(`home ${request.headers.authorization === undefined ? "nobody" : "signed in"}`);
          if (request.url === "/home") response.writeHead(302, { location: "/there" }).end();
          else if (request.url === "/out") response.writeHead(302, { location: other }).end();
          else response.writeHead(200, json).end("{}");
        },
        async (http) => {
          await http.call("get", { path: "/home" });
          await http.call("get", { path: "/out" });
        },
      ),
  );
  assert.deepEqual(seen, ["home signed in", "home signed in", "home signed in", "other nobody undefined"]);
});

test("a redirect is followed three times, and a write only at home and as it is", async () => {
  let hits = 0;
  const answer: Handler = (request, response) => {
    hits += 1;
    const [, status = "302", left = "0"] = (request.url ?? "").split("/");
    if (left === "0") response.writeHead(200, json).end("{}");
    else response.writeHead(Number(status), { location: `/${status}/${Number(left) - 1}` }).end();
  };
  await withServer(answer, async (http) => {
    await http.call("get", { path: "/302/3" });
    assert.equal(hits, 4);
    assert.match((await failureOf(http.call("get", { path: "/302/4" }))).message, /redirects more than 3 times/);
    await http.call("put", { path: "/307/1", body: {} });
    for (const status of [301, 302, 303])
      assert.equal((await failureOf(http.call("put", { path: `/${status}/1`, body: {} }))).code, "tool.bad-answer");
  });
});

test("a call that is aborted ends at once, before and while it waits", async () =>
  await withServer(
    () => {},
    async (_, url) => {
      await using http = createHttpConnector({ allowHosts: ["127.0.0.1"], now: () => 0 });
      const descriptor = builtIn("http");
      const call = callOf(descriptor, { action: "get", input: { path: "" }, key: "one" });
      for (const signal of [AbortSignal.abort(), AbortSignal.timeout(50)]) {
        const failure = await failureOf(http.call(descriptor, call, { settings: { base: url }, signal }));
        assert.ok(hasCode(failure, "call.aborted"), failure.message);
      }
    },
  ));

test("only the key and a number for logs say who calls: nothing names a tenant, a workspace, a workflow or a person", async () => {
  let head = "";
  await withServer(
    (request, response) => {
      head = `${request.url} ${JSON.stringify(request.headers)}`;
      response.writeHead(200, json).end("{}");
    },
    async (http) => {
      await http.call("post_once", { path: "/a", body: {} });
      assert.match(head, /"idempotency-key":"[0-9a-f]{64}"/);
      assert.match(head, /"traceparent":"00-[0-9a-f]{32}-[0-9a-f]{16}-01"/);
      assert.doesNotMatch(head, /acme|ada|r01|cycle|write/);
      await http.call("post", { path: "/a", body: {} });
      assert.doesNotMatch(head, /idempotency-key/);
    },
  );
});

test("what fills a path stays in it", async () => {
  const seen: string[] = [];
  await withServer(
    (request, response) => {
      seen.push(request.url ?? "");
      response.writeHead(200, json).end("{}");
    },
    async (http) => {
      await http.call("get", { path: "/a b/ä%2e%2e/;x", query: { "q&": ["1", "a=b"], none: null } });
      assert.deepEqual(seen, ["/a%20b/%C3%A4%252e%252e/%3Bx?q%26=1&q%26=a%3Db"]);
      for (const path of ["/../admin", "..", "/a/./b", "/a?b", "/a#b"])
        assert.equal((await failureOf(http.call("get", { path }))).code, "tool.input-invalid", path);
    },
  );
});

test("what no header and no address can hold ends as a failure with a code", async () =>
  await withServer(
    (_, response) => response.writeHead(200, json).end("{}"),
    async (http, url) => {
      await http.call("get", { path: "/half \ud800 a character", query: { q: "\ud800" } });
      for (const token of ["two\nlines", "zero\0", "arrow →", "half \ud800"]) {
        await using other = callerOf("http", { base: url, token });
        const failure = await failureOf(other.call("get", { path: "/a" }));
        assert.equal(failure.code, "tool.input-invalid", failure.message);
      }
    },
  ));

test("a setting that is missing is named, and no value of any setting", async () => {
  await using desk = callerOf("zendesk", { email: "ada@example.com" });
  const unsigned = await failureOf(desk.call("get_ticket", { id: "7" }));
  assert.deepEqual(
    [unsigned.code, /'token', which is not given/.test(unsigned.message)],
    ["connector.not-configured", true],
  );
  await using nowhere = callerOf("zendesk", { email: "ada@example.com", token: secret });
  const failure = await failureOf(nowhere.call("get_ticket", { id: "7" }));
  assert.equal(failure.code, "connector.not-configured");
  assert.match(failure.message, /needs one of the settings 'url', 'subdomain'/);
  await using other = callerOf("zendesk", { url: 7, emial: "ada@example.com" });
  assert.doesNotMatch((await failureOf(other.call("get_ticket", { id: "7" }))).message, /ada@|7\./);
});
