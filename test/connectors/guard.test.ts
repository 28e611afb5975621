// Nothing inside is reached: every spelling of an inner address, written, resolved, redirected to, over IPv4 and IPv6.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { hasCode, messageOf, RunwrightError } from "../../src/base/error.ts";
import type { HttpConnectorOptions } from "../../src/connectors/http/http-connector.ts";
import { createGuard } from "../../src/connectors/http/guard.ts";
import { callerOf } from "./caller.ts";

/** Spellings of this very machine: without a guard each of them arrives. */
const ownSpellings: readonly string[] = [
  "127.0.0.1",
  "127.0.0.1.",
  "127.1",
  "127.0.1",
  "127.255.255.254",
  "2130706433",
  "0x7f000001",
  "0X7F000001",
  "017700000001",
  "0x7f.1",
  "0x7f.0.0.1",
  "0x7f.0x0.0x0.0x1",
  "0177.0.0.1",
  "0177.0.0.01",
  "00000177.0.0.1",
  "127.0x1",
  "127.0.0.0x1",
  "0",
  "0.0.0.0",
  "0x0",
  "localhost",
  "LOCALHOST",
  "127。0。0。1",
  "１２７.０.０.１",
  "①②⑦.⓪.⓪.①",
  "ｌｏｃａｌｈｏｓｔ",
  "127%2e0%2e0%2e1",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[0000:0000:0000:0000:0000:0000:0000:0001]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::FFFF:7F00:1]",
  "[0:0:0:0:0:ffff:127.0.0.1]",
  "[::ffff:0.0.0.0]",
];

/** Spellings of other inner places, which lead nowhere from here. */
const otherSpellings: readonly string[] = [
  "10.0.0.1",
  "10.255.255.255",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "0xc0a80101",
  "3232235777",
  "169.254.169.254",
  "169.254.169.254.",
  "2852039166",
  "0xa9fea9fe",
  "0251.0376.0251.0376",
  "169.254.43518",
  "100.64.0.1",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "192.88.99.1",
  "[::127.0.0.1]",
  "[::7f00:1]",
  "[::ffff:169.254.169.254]",
  "[::ffff:a9fe:a9fe]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b::169.254.169.254]",
  "[64:ff9b:1::1]",
  "[2002:7f00:1::]",
  "[2002:a9fe:a9fe::1]",
  "[2001:0:7f00:1::]",
  "[fe80::1]",
  "[fe80::1%25eth0]",
  "[fc00::1]",
  "[fd00:ec2::254]",
  "[ff02::1]",
  "[2001:db8::1]",
  "[3fff::1]",
  "[100::1]",
  "[5f00::1]",
];

const spellings: readonly string[] = [...ownSpellings, ...otherSpellings];

interface Inner extends AsyncDisposable {
  readonly port: number;
  reached: number;
}

/** A server that no connector is to reach, on every address of this machine. */
async function startInner(): Promise<Inner> {
  const server = createServer((_, response) => {
    inner.reached += 1;
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "::");
  await once(server, "listening");
  const inner = {
    port: (server.address() as AddressInfo).port,
    reached: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return inner;
}

/** A server of a public place, as far as the guard knows: only its own address is allowed. It redirects to whatever its path names. */
async function startOuter(status: number): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const location = new URL(request.url ?? "/", "http://outer").searchParams.get("to") ?? "";
    // A header holds no other letters; a host may be written with their bytes.
    response.writeHead(status, { location: /^[ -~]*$/.test(location) ? location : encodeURI(location) }).end();
  });
  server.listen(0, outerAddress);
  await once(server, "listening");
  return {
    url: `http://${outerAddress}:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const outerAddress = "127.0.0.2";
const everything: readonly string[] = ["0.0.0.0/0", "::/0"];

/** What came of a read of this base: `ok`, or the code of the failure. */
async function readOf(base: string, options: Partial<HttpConnectorOptions>, query = {}): Promise<string> {
  await using http = callerOf("http", { base }, { bounds: { connectMs: 20_000, requestMs: 30_000 }, ...options });
  try {
    await http.call("get", { path: "", query });
    return "ok";
  } catch (error) {
    assert.ok(error instanceof RunwrightError, messageOf(error));
    return error.code;
  }
}

const refused: ReadonlySet<string> = new Set(["connector.address-refused", "connector.not-configured"]);

test("there are enough spellings, and no two are the same", () => {
  assert.ok(new Set(spellings).size === spellings.length && spellings.length >= 60, String(spellings.length));
});

test("no spelling of an inner address that stands in the settings is reached", async () => {
  await using inner = await startInner();
  for (const host of spellings) {
    const code = await readOf(`http://${host}:${inner.port}`, { allowHosts: [] });
    assert.ok(refused.has(code), `${host}: ${code}`);
  }
  assert.equal(inner.reached, 0);
});

test("control: with a guard that lets everything through they are reached", async () => {
  await using inner = await startInner();
  for (const host of ownSpellings) await readOf(`http://${host}:${inner.port}`, { allowHosts: everything });
  assert.equal(inner.reached, ownSpellings.length);
});

/** The addresses behind the spellings, as a name server gives them. */
function addressesOf(hosts: readonly string[]): readonly string[] {
  const parsed = hosts
    .filter((host) => URL.canParse(`http://${host}`))
    .map((host) => new URL(`http://${host}`).hostname);
  const bare = parsed.map((host) => host.replace(/^\[(.*)\]$/, "$1")).filter((host) => !host.startsWith("localhost"));
  return [...new Set(bare)];
}

function answering(...answers: readonly (readonly string[])[]): NonNullable<HttpConnectorOptions["resolve"]> {
  let asked = 0;
  return async () => {
    const now = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    return await Promise.resolve(now.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
  };
}

test("no name that resolves to an inner address is reached, alone or beside a public one", async () => {
  await using inner = await startInner();
  const base = `http://tickets.example.com:${inner.port}`;
  for (const address of addressesOf(spellings))
    for (const resolve of [
      answering([address]),
      answering(["93.184.216.34", address]),
      answering([address, "2606:2800::1"]),
    ])
      assert.equal(await readOf(base, { allowHosts: [], resolve }), "connector.address-refused", address);
  assert.equal(inner.reached, 0);
});

test("control: such names are reached where the guard lets them", async () => {
  await using inner = await startInner();
  const addresses = addressesOf(ownSpellings);
  for (const address of addresses)
    await readOf(`http://tickets.example.com:${inner.port}`, { allowHosts: everything, resolve: answering([address]) });
  assert.equal(inner.reached, addresses.length);
});

test("a name server that answers otherwise the second time is asked once for a connection, and refused for the next", async () => {
  await using inner = await startInner();
  const resolve = answering([outerAddress], ["127.0.0.1"]);
  await using http = callerOf(
    "http",
    { base: `http://rebinding.example.com:${inner.port}` },
    { allowHosts: [`${outerAddress}/32`], resolve },
  );
  assert.equal((await http.call("get", { path: "" })).v, 1);
  assert.equal(inner.reached, 1, "the address that was checked is the one that was reached");
  const again = callerOf(
    "http",
    { base: `http://rebinding.example.com:${inner.port}` },
    { allowHosts: [`${outerAddress}/32`], resolve },
  );
  await assert.rejects(again.call("get", { path: "" }), (error) => hasCode(error, "connector.address-refused"));
  await again[Symbol.asyncDispose]();
  assert.equal(inner.reached, 1);
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`no spelling of an inner address is reached by a redirect of status ${status}`, async () => {
    await using inner = await startInner();
    await using outer = await startOuter(status);
    for (const host of spellings) {
      const to = `http://${host}:${inner.port}/`;
      const code = await readOf(outer.url, { allowHosts: [`${outerAddress}/32`] }, { to });
      assert.equal(code, "connector.address-refused", host);
    }
    for (const to of [
      "file:///etc/passwd",
      "ftp://127.0.0.1/",
      "gopher://127.0.0.1/",
      "data:,x",
      "//127.0.0.1:80/",
      "http://",
    ])
      assert.equal(
        await readOf(outer.url, { allowHosts: [`${outerAddress}/32`] }, { to }),
        "connector.address-refused",
        to,
      );
    assert.equal(inner.reached, 0);
  });
}

test("control: redirects lead inside where the guard lets them", async () => {
  await using inner = await startInner();
  await using outer = await startOuter(302);
  for (const host of ownSpellings)
    await readOf(outer.url, { allowHosts: everything }, { to: `http://${host}:${inner.port}/` });
  assert.equal(inner.reached, ownSpellings.length);
});

test("a base that is no plain address over http or https is refused", async () => {
  for (const base of [
    "file:///etc/passwd",
    "ftp://example.com",
    "http://ada:pw@example.com",
    "http://example.com?a=1",
    "http://example.com#a",
    "example.com",
    "javascript:0",
  ])
    assert.equal(await readOf(base, { allowHosts: everything }), "connector.not-configured", base);
});

test("proxies of the environment are not used", async () => {
  await using proxy = await startInner();
  await using inner = await startInner();
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
  try {
    assert.equal(await readOf(`http://127.0.0.1:${inner.port}`, { allowHosts: ["127.0.0.1"] }), "ok");
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
  assert.deepEqual([proxy.reached, inner.reached], [0, 1]);
});

test("a name of the list may lead inside, but not to what gives away a machine; an address of the list may", () => {
  const guard = createGuard(["tickets.corp.example", "*.lab.example", "10.1.0.0/16", "169.254.10.10"]);
  const passes = (host: string, address: string): boolean => {
    try {
      guard.check(host, address);
      return true;
    } catch (error) {
      assert.ok(hasCode(error, "connector.address-refused"));
      return false;
    }
  };
  const allowed = [
    ["tickets.corp.example", "10.9.9.9"],
    ["TICKETS.corp.example.", "fd12::1"],
    ["a.b.lab.example", "127.0.0.1"],
    ["anything.example", "10.1.2.3"],
    ["169.254.10.10", "169.254.10.10"],
    ["example.com", "93.184.216.34"],
    ["example.com", "2606:2800:21f::1"],
  ] as const;
  const denied = [
    ["lab.example", "10.9.9.9"],
    ["evil-tickets.corp.example.com", "10.9.9.9"],
    ["tickets.corp.example", "169.254.169.254"],
    ["tickets.corp.example", "::ffff:169.254.169.254"],
    ["tickets.corp.example", "fd00:ec2::254"],
    ["tickets.corp.example", "0.0.0.0"],
    ["tickets.corp.example", "100.100.100.200"],
    ["anything.example", "10.2.0.1"],
    ["anything.example", "no address"],
  ] as const;
  assert.deepEqual(
    allowed.filter(([host, address]) => !passes(host, address)),
    [],
  );
  assert.deepEqual(
    denied.filter(([host, address]) => passes(host, address)),
    [],
  );
});

test("an entry of the list that is neither a host nor a network is told at once", () => {
  for (const entry of ["10.0.0.0/33", "http://example.com", "a b", "", "*", "10.0.0.0/x", "::1/129"])
    assert.throws(
      () => createGuard([entry]),
      (error) => hasCode(error, "config.invalid"),
      entry,
    );
});
