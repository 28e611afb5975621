import { objectAt, type StandIn, startStandIn, type Asked, type Told } from "../stand-ins/stand-in.ts";

/** Something that was done at the desk. */
interface Entry {
  readonly id: number;
  readonly kind: string;
  readonly item: string;
  /** The key that came with it, where one did. */
  readonly key?: string;
  readonly before?: string;
}

/** A desk with an action of each class, which keeps what was done. */
export interface Desk extends StandIn {
  /** What was done: a write that changed nothing is none. */
  readonly entries: readonly Entry[];
  /** How often each thing was asked for, by `<method> <kind>`. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Starts one. `GET /late` lets what was held back arrive, `GET /look/<item>` does too and then says what was done blindly. */
export async function startDesk(): Promise<Desk> {
  const entries: Entry[] = [];
  const counts = new Map<string, number>();
  const values = new Map<string, { readonly value: string; readonly version: number }>();
  const standIn = await startStandIn(answer);
  return Object.assign(standIn, { entries, counts });

  function answer(asked: Asked): Told {
    const { method, path } = asked;
    const [, kind = "", item = ""] = path.split("/");
    counts.set(`${method} ${kind}`, (counts.get(`${method} ${kind}`) ?? 0) + 1);
    switch (kind) {
      case "late":
        return { status: 200, body: { arrived: standIn.deliver().length } };
      case "look":
        standIn.deliver();
        return { status: 200, body: { found: entries.filter((each) => each.kind === "blind" && each.item === item) } };
      case "read":
        return { status: 200, body: { item } };
      case "keyed":
        return keyed(item, String(asked.headers["idempotency-key"]));
      case "readback":
        return method === "GET" ? found(kind, asked) : done({ kind, item, key: textAt(asked, "reference") });
      case "conditional":
        return conditional(item, asked);
      case "idempotent":
        return idempotent(item, asked);
      case "blind":
        return done({ kind, item });
    }
    return { status: 404, body: {} };
  }

  function done(entry: Omit<Entry, "id">): Told {
    const whole = { id: entries.length + 1, ...entry };
    entries.push(whole);
    return { status: 201, body: whole };
  }

  function keyed(item: string, key: string): Told {
    const before = entries.find((each) => each.key === key);
    return before === undefined ? done({ kind: "keyed", item, key }) : { status: 200, body: before };
  }

  function found(kind: string, { query }: Asked): Told {
    return {
      status: 200,
      body: { found: entries.filter((each) => each.kind === kind && each.key === query.get("reference")) },
    };
  }

  /** Takes a change only over the version that it names. */
  function conditional(item: string, asked: Asked): Told {
    if (asked.query.has("reference")) return found("conditional", asked);
    const name = `conditional ${item}`;
    const { value, version } = values.get(name) ?? { value: "old", version: 1 };
    if (asked.method === "GET") return { status: 200, headers: { etag: `"${version}"` }, body: { value } };
    if (asked.headers["if-match"] !== `"${version}"`) return { status: 412, body: {} };
    values.set(name, { value: textAt(asked, "value"), version: version + 1 });
    return done({ kind: "conditional", item, key: textAt(asked, "reference"), before: value });
  }

  function idempotent(item: string, asked: Asked): Told {
    const name = `idempotent ${item}`;
    const { value, version } = values.get(name) ?? { value: "old", version: 1 };
    if (asked.method === "GET") return { status: 200, body: { value } };
    const next = textAt(asked, "value");
    values.set(name, { value: next, version });
    return next === value ? { status: 200, body: {} } : done({ kind: "idempotent", item, before: value });
  }
}

function textAt({ body }: Asked, name: string): string {
  const value = objectAt(body)[name];
  return typeof value === "string" ? value : "";
}
