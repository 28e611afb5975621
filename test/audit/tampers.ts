// Every way to change an audit log that somebody has who can write its file, but not sign.
import type { DatabaseSync } from "node:sqlite";
import { linkHash } from "../../src/audit/chain.ts";
import type { Seal } from "../../src/ports/audit.ts";
import { relink } from "./log.ts";

/** One way to change a log, at a place of acme's chain. */
export interface Tamper {
  readonly name: string;
  /** True when no link shows it: only a signed checkpoint does. */
  readonly isUnlinked?: true;
  /** True where it needs a row behind it. */
  readonly isInside?: true;
  /** Changes the log at the place `n` of a chain that ends with `last`. */
  apply(database: DatabaseSync, n: number, last: number): void;
}

const linkAt = (database: DatabaseSync, n: number, tenant = "acme"): Seal =>
  database.prepare("SELECT * FROM audit_seal WHERE tenant = ? AND n = ?").get(tenant, n) as unknown as Seal;
const textAt = (database: DatabaseSync, position: number): string =>
  String(database.prepare("SELECT entry FROM audit_row WHERE position = ?").get(position)?.["entry"]);
const edit = (database: DatabaseSync, position: number): void =>
  void database
    .prepare("UPDATE audit_row SET entry = json_set(entry, '$.actor', 'local:eve') WHERE position = ?")
    .run(position);

function remove(database: DatabaseSync, from: number, to: number): void {
  for (let n = from; n <= to; n += 1) {
    database.prepare("DELETE FROM audit_row WHERE position = ?").run(linkAt(database, n).position);
    database.prepare("DELETE FROM audit_seal WHERE tenant = 'acme' AND n = ?").run(n);
  }
}

/** Moves the links behind a place by one, in the order in which no two meet. */
function shift(database: DatabaseSync, behind: number, last: number, by: 1 | -1): void {
  const places = Array.from({ length: last - behind }, (_, index) => behind + 1 + index);
  for (const n of by === 1 ? places.toReversed() : places)
    database.prepare("UPDATE audit_seal SET n = ? WHERE tenant = 'acme' AND n = ?").run(n + by, n);
}

const field = (name: string, value: string): Tamper => ({
  name: `edit: another ${name}`,
  apply: (database, n) => {
    const { position } = linkAt(database, n);
    database
      .prepare(`UPDATE audit_row SET entry = json_set(entry, '$.${name}', ?) WHERE position = ?`)
      .run(value, position);
  },
});

/** Each is tried at each place of the chain. */
export const tampers: readonly Tamper[] = [
  ...["actor", "action", "object", "outcome", "workspace", "tenant", "payload"].map((name) => field(name, "eve")),
  {
    name: "edit: only the way in which it is written",
    apply: (database, n) =>
      void database
        .prepare("UPDATE audit_row SET entry = entry || ' ' WHERE position = ?")
        .run(linkAt(database, n).position),
  },
  {
    name: "edit: a row that is no JSON any more",
    apply: (database, n) =>
      void database.prepare("UPDATE audit_row SET entry = '{' WHERE position = ?").run(linkAt(database, n).position),
  },
  {
    name: "edit, with its own link made anew",
    apply(database, n) {
      const link = linkAt(database, n);
      edit(database, link.position);
      const hash = linkHash(link, textAt(database, link.position));
      database.prepare("UPDATE audit_seal SET hash = ? WHERE position = ?").run(hash, link.position);
    },
  },
  {
    name: "edit, with the whole chain made anew",
    isUnlinked: true,
    apply(database, n) {
      edit(database, linkAt(database, n).position);
      relink(database, "acme");
    },
  },
  {
    name: "edit: another hash",
    apply: (database, n) =>
      void database.prepare("UPDATE audit_seal SET hash = 'x' WHERE tenant = 'acme' AND n = ?").run(n),
  },
  {
    name: "delete: a row",
    apply: (database, n) =>
      void database.prepare("DELETE FROM audit_row WHERE position = ?").run(linkAt(database, n).position),
  },
  {
    name: "delete: a row and its link, before the end",
    isInside: true,
    apply(database, n) {
      remove(database, n, n);
    },
  },
  {
    name: "delete: a row and its link, with those behind moved up",
    isInside: true,
    apply(database, n, last) {
      remove(database, n, n);
      shift(database, n, last, -1);
    },
  },
  {
    name: "delete: a row, with the whole chain made anew",
    isUnlinked: true,
    apply(database, n) {
      remove(database, n, n);
      relink(database, "acme");
    },
  },
  {
    name: "delete: a link, so that its row looks as if it waited for one",
    isInside: true,
    apply(database, n) {
      database.prepare("DELETE FROM audit_seal WHERE tenant = 'acme' AND n = ?").run(n);
    },
  },
  {
    name: "insert: a row before others",
    apply: (database, n) =>
      void database
        .prepare("INSERT INTO audit_row VALUES (?, 'acme', ?)")
        .run(-n, textAt(database, linkAt(database, n).position)),
  },
  {
    name: "insert: a row with a link, with those behind moved down",
    isInside: true,
    apply(database, n, last) {
      const before = linkAt(database, n);
      shift(database, n, last, 1);
      database.prepare("INSERT INTO audit_row VALUES (1000, 'acme', ?)").run(textAt(database, before.position));
      const link = { tenant: "acme", position: 1000, n: n + 1, prev: before.hash };
      database
        .prepare("INSERT INTO audit_seal VALUES (1000, 'acme', ?, ?, ?)")
        .run(link.n, link.prev, linkHash(link, textAt(database, 1000)));
    },
  },
  {
    name: "insert: a row, with the whole chain made anew",
    isInside: true,
    apply(database, n) {
      database
        .prepare("INSERT INTO audit_row VALUES (?, 'acme', ?)")
        .run(-n, textAt(database, linkAt(database, n).position));
      relink(database, "acme");
    },
  },
  {
    name: "reorder: two rows exchange what they say",
    isInside: true,
    apply(database, n) {
      const [left, right] = [linkAt(database, n).position, linkAt(database, n + 1).position];
      const texts = [textAt(database, right), textAt(database, left)] as const;
      database.prepare("UPDATE audit_row SET entry = ? WHERE position = ?").run(texts[0], left);
      database.prepare("UPDATE audit_row SET entry = ? WHERE position = ?").run(texts[1], right);
    },
  },
  {
    name: "reorder: two links exchange their places",
    isInside: true,
    apply(database, n) {
      for (const [from, to] of [
        [n, 0],
        [n + 1, n],
        [0, n + 1],
      ] as const)
        database.prepare("UPDATE audit_seal SET n = ? WHERE tenant = 'acme' AND n = ?").run(to, from);
    },
  },
  {
    name: "reorder: two links exchange their rows",
    isInside: true,
    apply(database, n) {
      const [left, right] = [linkAt(database, n).position, linkAt(database, n + 1).position];
      for (const [from, to] of [
        [left, -1],
        [right, left],
        [-1, right],
      ] as const)
        database.prepare("UPDATE audit_seal SET position = ? WHERE position = ?").run(to, from);
    },
  },
  {
    name: "reorder: two rows, with the whole chain made anew",
    isUnlinked: true,
    isInside: true,
    apply(database, n) {
      const [left, right] = [linkAt(database, n).position, linkAt(database, n + 1).position];
      for (const [from, to] of [
        [left, -1],
        [right, left],
        [-1, right],
      ] as const)
        database.prepare("UPDATE audit_row SET position = ? WHERE position = ?").run(to, from);
      relink(database, "acme");
    },
  },
  {
    name: "cut: everything from a place on",
    isUnlinked: true,
    apply: (database, n, last) => remove(database, n, last),
  },
  {
    name: "cut: the links from a place on, so that the rows look as if they waited",
    apply: (database, n) => void database.prepare("DELETE FROM audit_seal WHERE tenant = 'acme' AND n >= ?").run(n),
  },
  {
    name: "tenant: a row is given to another",
    apply: (database, n) =>
      void database
        .prepare("UPDATE audit_row SET tenant = 'other' WHERE position = ?")
        .run(linkAt(database, n).position),
  },
  {
    name: "tenant: a link is put behind another's chain",
    apply: (database, n, last) =>
      void database
        .prepare("UPDATE audit_seal SET tenant = 'other', n = ? WHERE tenant = 'acme' AND n = ?")
        .run(last + 1, n),
  },
  {
    name: "tenant: a row and what it says are given to another, with both chains made anew",
    isUnlinked: true,
    apply(database, n) {
      const { position } = linkAt(database, n);
      database
        .prepare(
          "UPDATE audit_row SET tenant = 'other', entry = json_set(entry, '$.tenant', 'other') WHERE position = ?",
        )
        .run(position);
      database.prepare("DELETE FROM audit_seal").run();
      relink(database, "acme");
      relink(database, "other");
    },
  },
];
