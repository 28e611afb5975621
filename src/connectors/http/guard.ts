import { BlockList, isIP, isIPv4 } from "node:net";
import { RunwrightError } from "../../base/error.ts";

/** Where connectors may connect to beyond the public internet: names, addresses and networks (`10.0.0.0/8`). */
export type AllowedHosts = readonly string[];

/** Decides where a connection may go. */
export interface Guard {
  /** Throws `connector.address-refused` for an address that this host may not have. */
  check(host: string, address: string): void;
}

/** Networks that no public server has: of hosts, of carriers, of tests, of groups. */
const inner: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  // Where a cloud answers its own machines, though the address looks public.
  ["168.63.129.16", 32],
  // Of IPv6 only 2000::/3 is public, and of that not what carries IPv4 inside, or is kept for documents.
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

/** Networks that only an address of the list opens, and never a name: what they hold gives away a whole machine. */
const closed: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["168.63.129.16", 32],
  ["100.100.100.200", 32],
  ["192.0.0.192", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
];

const innerList = listOf(inner);
const closedList = listOf(closed);
const publicSix = listOf([["2000::", 3]]);

/** A guard that lets through public addresses, and what is allowed by name or address. Throws `config.invalid`. */
export function createGuard(allowed: AllowedHosts): Guard {
  const names = new Set<string>();
  const networks = new BlockList();
  for (const entry of allowed) if (!addNetwork(networks, entry)) names.add(nameIn(entry));

  return {
    check(host, address) {
      const kind = familyOf(address);
      if (isPublic(address, kind) || networks.check(address, kind)) return;
      if (isNamed(names, plainName(host)) && !isClosed(address, kind)) return;
      throw new RunwrightError(
        "connector.address-refused",
        "The connector leads to an address that is not public. Where that is meant, add its host to connectors.allow_hosts.",
      );
    },
  };
}

/** The address that a host of an URL is, without brackets; undefined for a name. */
export function literalOf(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  return isIP(bare) === 0 ? undefined : bare;
}

function isPublic(address: string, kind: "ipv4" | "ipv6"): boolean {
  if (isIP(address) === 0) return false;
  return !innerList.check(address, kind) && (kind === "ipv4" || publicSix.check(address, kind));
}

/** An IPv4 address inside an IPv6 one counts as both. */
function isClosed(address: string, kind: "ipv4" | "ipv6"): boolean {
  if (closedList.check(address, kind)) return true;
  return kind === "ipv6" && !/^(?:f[cd]|[23])/i.test(address) && address !== "::1";
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}

function listOf(networks: readonly (readonly [network: string, bits: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of networks) list.addSubnet(network, bits, familyOf(network));
  return list;
}

/** Adds an address or a network; false for a name. */
function addNetwork(list: BlockList, entry: string): boolean {
  const [address = "", bits] = entry.trim().split("/");
  const literal = literalOf(address);
  if (literal === undefined) return false;
  const kind = familyOf(literal);
  const length = bits === undefined ? undefined : Number(bits);
  if (length === undefined) list.addAddress(literal, kind);
  else if (/^\d{1,3}$/.test(bits ?? "") && length <= (kind === "ipv4" ? 32 : 128))
    list.addSubnet(literal, length, kind);
  else
    throw new RunwrightError(
      "config.invalid",
      `'${entry}' in connectors.allow_hosts is no network such as 10.0.0.0/8.`,
    );
  return true;
}

const namePattern = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

function nameIn(entry: string): string {
  const name = plainName(entry.trim());
  if (namePattern.test(name)) return name;
  throw new RunwrightError(
    "config.invalid",
    `'${entry}' in connectors.allow_hosts is no host such as tickets.example.com or *.example.com, and no address.`,
  );
}

function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

function isNamed(names: ReadonlySet<string>, host: string): boolean {
  if (names.has(host)) return true;
  for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1))
    if (names.has(`*${host.slice(dot)}`)) return true;
  return false;
}
