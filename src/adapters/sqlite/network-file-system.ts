import { statfsSync } from "node:fs";

/** By the number that `statfs` gives on Linux. */
const names: Readonly<Record<number, string>> = {
  0x6969: "nfs",
  0x517b: "smb",
  0xff534d42: "cifs",
  0xfe534d42: "smb2",
  0x01021997: "9p",
  0x5346414f: "afs",
  0x00c36400: "ceph",
};

/**
 * The name of the network file system that a folder lies on, if it is one of those known by number (Linux only).
 *
 * SQLite's log needs shared memory and locks that work between all who open it; over a network neither is certain.
 */
export function networkFileSystem(folder: string): string | undefined {
  return process.platform === "linux" ? names[statfsSync(folder).type] : undefined;
}
