// The connector `smtp` against a real mail server on this machine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import tls from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { hasCode, messageOf } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { mapOf, until, wordsOf } from "../mcp/stage.ts";
import { openBuiltIns } from "./stage.ts";

const timed = { timeout: 60_000 };
const mail = { to: "ada@example.com", subject: "Hello", text: "One\n.\nTwo" };

interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: unknown;
  readonly secure: boolean;
  readonly text: string;
}

interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly taken: readonly Taken[];
}

async function openMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      password === "s3cret-word" ? done(null, { user: username }) : done(new Error("wrong password s3cret-wrong")),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          secure: session.secure,
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, taken, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

function settingsFor({ port }: { readonly port: number }, more: JsonObject = {}): JsonObject {
  return { host: "127.0.0.1", port, tls: "none", from: "Runs <runs@example.org>", ...more };
}

test("a mail arrives as it was written, and its id is made of the key", timed, async () => {
  await using server = await openMailServer();
  await using stage = openBuiltIns();
  const input = {
    ...mail,
    cc: ["bob@example.com"],
    bcc: "eve@example.com",
    reply_to: "desk@example.org",
    html: "<p>One</p>",
    attachments: [{ name: "a.csv", content: "a,b", media_type: "text/csv" }],
  };
  const reply = await stage.call("smtp.send", input, settingsFor(server));
  const [got] = server.taken;
  assert.deepEqual(got?.to, ["ada@example.com", "bob@example.com", "eve@example.com"]);
  const id = wordsOf(mapOf(reply.output)["message_id"] ?? null);
  assert.match(id, /^<[0-9a-f]{32}@example\.org>$/);
  assert.equal(reply.receipt?.remote_id, id);
  for (const part of [`Message-ID: ${id}`, "Subject: Hello", "Reply-To: desk@example.org", "a.csv", "<p>One</p>"])
    assert.ok(got?.text.includes(part), part);
  assert.ok(!got?.text.includes("eve@example.com"));
  // The same operation again has the same id: whoever gets two can tell.
  const again = await stage.call("smtp.send", input, settingsFor(server));
  assert.equal(mapOf(again.output)["message_id"], id);
});

test("a subject that holds a line of its own is no header", timed, async () => {
  await using server = await openMailServer();
  await using stage = openBuiltIns();
  await stage.call("smtp.send", { ...mail, subject: "Hi\r\nBcc: eve@example.com" }, settingsFor(server));
  assert.deepEqual(server.taken[0]?.to, ["ada@example.com"]);
  assert.ok(!/^Bcc:/m.test(server.taken[0]?.text ?? ""));
});

test("an attachment is its content and never a file or an address", timed, async () => {
  await using server = await openMailServer();
  await using stage = openBuiltIns();
  const attachments = [{ name: "a.txt", content: "/etc/passwd", path: "/etc/passwd" }];
  await assert.rejects(stage.call("smtp.send", { ...mail, attachments }, settingsFor(server)), (error) =>
    hasCode(error, "tool.input-invalid"),
  );
  assert.equal(server.taken.length, 0);
});

test("addresses that a server refuses are told beside those that it took", timed, async () => {
  await using server = await openMailServer({
    onRcptTo: ({ address }, _session, done) => done(address.startsWith("bob") ? new Error("no such person") : null),
  });
  await using stage = openBuiltIns();
  const { output } = await stage.call(
    "smtp.send",
    { ...mail, to: ["ada@example.com", "bob@example.com"] },
    settingsFor(server),
  );
  assert.deepEqual([mapOf(output)["accepted"], mapOf(output)["rejected"]], [["ada@example.com"], ["bob@example.com"]]);
});

test("it speaks TLS from the start, or after a word, and logs in", timed, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const certificate = certificateIn(folder.path);
  const before = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...before, certificate.cert]);
  try {
    await using implicit = await openMailServer({ ...certificate, secure: true });
    await using word = await openMailServer({ ...certificate, disabledCommands: [] });
    await using stage = openBuiltIns({ addressOf: () => Promise.resolve("127.0.0.1") });
    const account = { host: "localhost", user: "runs", password: "s3cret-word" };
    await stage.call("smtp.send", mail, settingsFor(implicit, { ...account, tls: "implicit" }));
    await stage.call("smtp.send", mail, settingsFor(word, { ...account, tls: "starttls" }));
    const facts = [...implicit.taken, ...word.taken].map(({ user, secure }) => [user, secure]);
    assert.deepEqual(facts, [
      ["runs", true],
      ["runs", true],
    ]);
  } finally {
    tls.setDefaultCACertificates(before);
  }
});

test(
  "a certificate that nobody vouches for, and a server without TLS, get neither password nor mail",
  timed,
  async () => {
    using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
    await using forged = await openMailServer({ ...certificateIn(folder.path), secure: true });
    await using plain = await openMailServer();
    await using stage = openBuiltIns();
    const send = (server: MailServer, tlsMode: string): Promise<unknown> =>
      stage.call("smtp.send", mail, settingsFor(server, { user: "runs", password: "s3cret-word", tls: tlsMode }));
    await assert.rejects(send(forged, "implicit"), (error) => hasCode(error, "tool.unavailable"));
    await assert.rejects(send(plain, "starttls"), (error) => hasCode(error, "connector.not-configured"));
    assert.deepEqual([...forged.taken, ...plain.taken], []);
  },
);

test("a wrong password is unauthorised, and stands in no message", timed, async () => {
  await using server = await openMailServer({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
  await using stage = openBuiltIns();
  const settings = settingsFor(server, { user: "runs", password: "s3cret-wrong" });
  await assert.rejects(
    stage.call("smtp.send", mail, settings),
    (error) => hasCode(error, "tool.unauthorised") && !error.message.includes("s3cret"),
  );
  const { output } = await stage.call("smtp.verify", {}, settings);
  assert.equal(mapOf(output)["ok"], false);
  assert.ok(!JSON.stringify(output).includes("s3cret"));
  const right = await stage.call("smtp.verify", {}, { ...settings, password: "s3cret-word" });
  assert.equal(mapOf(right.output)["ok"], true);
});

const refusals: readonly (readonly [answer: number, code: string])[] = [
  [421, "tool.unavailable"],
  [451, "tool.unavailable"],
  [550, "tool.failed"],
  [552, "tool.failed"],
];

for (const [answer, code] of refusals) {
  test(`a server that answers ${answer} to the mail is ${code}`, timed, async () => {
    await using server = await openMailServer({
      onData(stream, _session, done) {
        stream.on("end", () => done(Object.assign(new Error("not now"), { responseCode: answer }))).resume();
      },
    });
    await using stage = openBuiltIns();
    await assert.rejects(stage.call("smtp.send", mail, settingsFor(server)), (error) => {
      assert.equal((error as { code?: string }).code, code, messageOf(error));
      assert.equal((error as { undone?: true }).undone, undefined, "it had the whole mail");
      return true;
    });
  });

  // With 421 a server ends the connection: of that the library does not say when it was.
  if (answer === 421) continue;
  test(`a server that answers ${answer} before the mail has certainly not sent it`, timed, async () => {
    await using server = await openMailServer({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error("not now"), { responseCode: answer })),
    });
    await using stage = openBuiltIns();
    await assert.rejects(stage.call("smtp.send", mail, settingsFor(server)), (error) => {
      assert.equal((error as { undone?: true }).undone, true, messageOf(error));
      return true;
    });
  });
}

test("a server that says nothing ends with the signal, and so does one that nobody listens at", timed, async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  await using stage = openBuiltIns();
  const stop = new AbortController();
  const hanging = stage.call("smtp.send", mail, settingsFor({ port }), stop.signal).catch((error: unknown) => error);
  await until(() => sockets.length > 0);
  stop.abort();
  assert.ok(hasCode(await hanging, "call.aborted"), messageOf(await hanging));
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
  await assert.rejects(
    stage.call("smtp.send", mail, settingsFor({ port })),
    (error) => hasCode(error, "tool.unavailable") && error.undone === true,
  );
});

test("an address that may not be reached is not reached", timed, async () => {
  await using server = await openMailServer();
  await using stage = openBuiltIns({ addressOf: () => Promise.reject(new Error("refused")) });
  await assert.rejects(stage.call("smtp.send", mail, settingsFor(server)));
  assert.equal(server.taken.length, 0);
});

test("without a host or a sender nothing is sent, and the message says where they go", timed, async () => {
  await using server = await openMailServer();
  await using stage = openBuiltIns();
  const { from: _from, ...unsigned } = settingsFor(server);
  for (const settings of [unsigned, { from: "a@example.org" }])
    await assert.rejects(stage.call("smtp.send", mail, settings), (error) =>
      hasCode(error, "connector.not-configured"),
    );
});

/** A certificate for this machine, signed by itself. */
function certificateIn(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const { status, stderr } = spawnSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      names,
      "-keyout",
      key,
      "-out",
      cert,
    ],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
