import type { Json, JsonObject } from "../../src/base/json.ts";
import { type Asked, hasBasic, objectAt, type StandIn, startStandIn, type Told } from "./stand-in.ts";

interface Ticket {
  readonly id: number;
  fields: JsonObject;
  comments: JsonObject[];
  audits: JsonObject[];
  deleted: boolean;
}

/** Tickets as Zendesk keeps them. */
export interface ZendeskStandIn extends StandIn {
  /** What connects to it. */
  readonly settings: JsonObject;
  readonly tickets: ReadonlyMap<number, Ticket>;
}

const priorities: ReadonlySet<Json> = new Set(["low", "normal", "high", "urgent", null]);
const statuses: ReadonlySet<Json> = new Set(["new", "open", "pending", "hold", "solved"]);

/** Starts one with a ticket 7 and a user 20. */
export async function startZendesk(): Promise<ZendeskStandIn> {
  const tickets = new Map<number, Ticket>();
  const keys = new Map<string, { readonly body: string; readonly told: Told }>();
  let ids = 6;
  let clock = Date.parse("2026-03-01T09:30:00Z");
  let url = "";
  create({
    subject: "Printer on fire",
    comment: { body: "It burns." },
    tags: ["hardware"],
    priority: "low",
    status: "open",
  });

  const standIn = await startStandIn((asked) => {
    if (!hasBasic(asked, "ada@example.com/token", "zd-secret")) return refusal(401, "Couldn't authenticate you");
    return answer(asked);
  });
  url = standIn.url;
  return Object.assign(standIn, {
    tickets,
    settings: { url, email: "ada@example.com", token: "zd-secret" } as const,
  });

  function answer(asked: Asked): Told {
    const { method, path, query } = asked;
    const [, what = "", id = "", part = ""] = /^\/api\/v2\/(\w+)(?:\/(\w+))?(?:\/(\w+))?(?:\.json)?$/.exec(path) ?? [];
    if (what === "users") return id === "20" ? { status: 200, body: { user: ada } } : refusal(404, "Not found");
    if (what === "search") return search(query);
    if (what !== "tickets") return refusal(404, "Not found");
    if (id === "") return method === "POST" ? post(asked) : listed(query);
    return answerOf(Number(id), part, asked);
  }

  function answerOf(id: number, part: string, asked: Asked): Told {
    const { method } = asked;
    const ticket = tickets.get(id);
    if (ticket === undefined || ticket.deleted) return refusal(404, "Not found");
    switch (part) {
      case "comments":
        return { status: 200, body: { comments: ticket.comments, meta: { has_more: false } } };
      case "audits":
        return { status: 200, body: { audits: ticket.audits.toReversed(), meta: { has_more: false } } };
      case "tags":
        return tagged(ticket, asked);
    }
    if (method === "DELETE") return remove(ticket);
    return method === "PUT" ? put(ticket, objectAt(asked.body, "ticket")) : shown(ticket);
  }

  function listed(query: URLSearchParams): Told {
    const external = query.get("external_id");
    const found = [...tickets.values()].filter(({ fields }) => external === null || fields["external_id"] === external);
    return { status: 200, body: { tickets: found.map(view), count: found.length } };
  }

  function search(query: URLSearchParams): Told {
    const words = (query.get("query") ?? "").split(" ").filter((word) => !/[:<>]/.test(word));
    const found = [...tickets.values()].filter(({ fields }) =>
      words.every((word) => JSON.stringify(fields).includes(word)),
    );
    const results = found.slice(0, Number(query.get("per_page"))).map(view);
    return { status: 200, body: { results, count: found.length, next_page: null } };
  }

  /** The same key gives the same answer for two hours; with another body it is refused. */
  function post({ headers, body }: Asked): Told {
    const key = headers["idempotency-key"];
    const before = typeof key === "string" ? keys.get(key) : undefined;
    if (before !== undefined)
      return before.body === JSON.stringify(body)
        ? { ...before.told, headers: { "x-idempotency-lookup": "hit" } }
        : refusal(400, "IdempotentRequestError");
    const fields = objectAt(body, "ticket");
    if (typeof objectAt(fields, "comment")["body"] !== "string") return refusal(422, "Comment: cannot be blank");
    const told = { status: 201, body: { ticket: view(create(fields)) } };
    if (typeof key === "string") keys.set(key, { body: JSON.stringify(body), told });
    return told;
  }

  function create({ comment = {}, ...rest }: JsonObject): Ticket {
    ids += 1;
    const base = {
      priority: null,
      status: "new",
      tags: [],
      external_id: null,
      requester_id: 20,
      assignee_id: null,
      group_id: null,
    };
    const fields = { ...base, ...rest, created_at: at(), updated_at: at() };
    const ticket: Ticket = { id: ids, fields, comments: [], audits: [], deleted: false };
    tickets.set(ids, ticket);
    addComment(ticket, comment);
    return ticket;
  }

  function addComment(ticket: Ticket, comment: Json): void {
    const { body = null, public: isPublic = true } = objectAt(comment);
    ticket.comments.push({ id: 900 + ticket.comments.length, author_id: 20, body, public: isPublic, created_at: at() });
  }

  function put(ticket: Ticket, { comment, safe_update, updated_stamp, metadata = {}, ...fields }: JsonObject): Told {
    if (safe_update === true && updated_stamp !== ticket.fields["updated_at"]) return refusal(409, "UpdateConflict");
    if ("priority" in fields && !priorities.has(fields["priority"] ?? null))
      return refusal(422, "Priority: is invalid");
    if ("status" in fields && !statuses.has(fields["status"] ?? null)) return refusal(422, "Status: is invalid");
    clock += 1000;
    const events = Object.entries(fields).flatMap(([field_name, value]): JsonObject[] => {
      const previous_value = ticket.fields[field_name] ?? null;
      return JSON.stringify(previous_value) === JSON.stringify(value)
        ? []
        : [{ type: "Change", field_name, value, previous_value }];
    });
    ticket.audits.push({
      id: 5000 + ticket.audits.length,
      created_at: at(),
      metadata: { system: {}, custom: metadata },
      events,
    });
    ticket.fields = { ...ticket.fields, ...fields, updated_at: at() };
    if (comment !== undefined) addComment(ticket, comment);
    return shown(ticket);
  }

  function tagged(ticket: Ticket, { method, body }: Asked): Told {
    const had = ticket.fields["tags"] as readonly string[];
    const given = (objectAt(body)["tags"] ?? []) as readonly string[];
    if (method === "PUT") ticket.fields = { ...ticket.fields, tags: [...new Set([...had, ...given])] };
    if (method === "DELETE") ticket.fields = { ...ticket.fields, tags: had.filter((tag) => !given.includes(tag)) };
    return { status: 200, body: { tags: ticket.fields["tags"] } };
  }

  function remove(ticket: Ticket): Told {
    ticket.deleted = true;
    return { status: 204 };
  }

  function shown(ticket: Ticket): Told {
    return { status: 200, body: { ticket: view(ticket) } };
  }

  function view({ id, fields, comments }: Ticket): JsonObject {
    return { ...fields, id, url: `${url}/api/v2/tickets/${id}.json`, description: comments[0]?.["body"] ?? "" };
  }

  function at(): string {
    return new Date(clock).toISOString().replace(".000", "");
  }
}

const ada = { id: 20, name: "Ada", email: "ada@example.com", role: "agent" };

function refusal(status: number, description: string): Told {
  return { status, body: { error: description.replaceAll(" ", ""), description } };
}
