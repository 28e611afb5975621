import { isJsonObject, type Json, type JsonObject } from "../../src/base/json.ts";
import { type Asked, objectAt, type StandIn, startStandIn, type Told } from "./stand-in.ts";

/** Events as Google Calendar keeps them. */
export interface CalendarStandIn extends StandIn {
  readonly settings: JsonObject;
  readonly events: ReadonlyMap<string, JsonObject>;
  /** How many access tokens were given out. */
  tokens: number;
  /** Makes all access tokens so far worthless. */
  revoke(): void;
}

/** Starts one with a meeting on 1 March 2026 in Zurich, and one that goes on for days. */
export async function startGoogleCalendar(): Promise<CalendarStandIn> {
  const events = new Map<string, JsonObject>();
  let valid = "";
  let changes = 0;
  put({
    id: "standup",
    summary: "Stand-up",
    start: { dateTime: "2026-03-01T10:00:00+01:00" },
    end: { dateTime: "2026-03-01T10:15:00+01:00" },
    organizer: { email: "ada@example.com" },
    attendees: [
      { email: "ada@example.com", self: true, responseStatus: "accepted" },
      { email: "bo@example.com", displayName: "Bo", responseStatus: "tentative" },
      { email: "room@example.com", resource: true },
    ],
  });
  put({
    id: "trip",
    summary: "Trip",
    start: { date: "2026-02-27" },
    end: { date: "2026-03-02" },
    attendees: [{ email: "bo@example.com" }],
  });
  put({
    id: "later",
    summary: "Later",
    start: { dateTime: "2026-03-02T00:30:00+01:00" },
    end: { dateTime: "2026-03-02T01:00:00+01:00" },
  });

  const standIn = await startStandIn((asked) => {
    if (asked.path === "/token") return token(objectAt(asked.body));
    const isValid = valid !== "" && asked.headers.authorization === `Bearer ${valid}`;
    return isValid ? answer(asked) : refusal(401, "Invalid Credentials");
  });
  const own: CalendarStandIn = Object.assign(standIn, {
    events,
    tokens: 0,
    revoke: () => void (valid = ""),
    settings: {
      url: standIn.url,
      token_url: `${standIn.url}/token`,
      client_id: "client",
      client_secret: "gc-secret",
      refresh_token: "gc-refresh",
    } as const,
  });
  return own;

  function token({ client_secret, refresh_token, grant_type }: JsonObject): Told {
    if (client_secret !== "gc-secret" || refresh_token !== "gc-refresh" || grant_type !== "refresh_token")
      return { status: 400, body: { error: "invalid_grant" } };
    own.tokens += 1;
    valid = `ya29.${own.tokens}`;
    return { status: 200, body: { access_token: valid, expires_in: 3599, token_type: "Bearer" } };
  }

  function answer({ method, path, query, headers, body }: Asked): Told {
    if (path === "/calendar/v3/freeBusy") return freeBusy(objectAt(body));
    if (path === "/calendar/v3/users/me/calendarList") return calendars(query);
    const [, id] = /^\/calendar\/v3\/calendars\/primary(?:\/events(?:\/(\w+))?)?$/.exec(path) ?? [];
    if (!path.startsWith("/calendar/v3/calendars/primary")) return refusal(404, "Not Found");
    if (!path.includes("/events")) return { status: 200, body: { id: "primary", timeZone: "Europe/Zurich" } };
    if (id === undefined) return method === "POST" ? insert(objectAt(body)) : listed(query);
    return answerOf(id, { method, headers, body });
  }

  function answerOf(id: string, { method, headers, body }: Pick<Asked, "method" | "headers" | "body">): Told {
    const event = events.get(id);
    if (event === undefined) return refusal(404, "Not Found");
    if (method === "DELETE") return remove(id, event);
    if (method !== "PATCH") return { status: 200, body: event };
    const ifMatch = headers["if-match"];
    if (ifMatch !== undefined && ifMatch !== event["etag"]) return refusal(412, "Precondition Failed");
    return { status: 200, body: put(patched(event, objectAt(body))) };
  }

  function insert(fields: JsonObject): Told {
    const { id } = fields;
    if (typeof id !== "string" || !/^[a-v0-9]{5,1024}$/.test(id)) return refusal(400, "Invalid resource id value.");
    return events.has(id)
      ? refusal(409, "The requested identifier already exists.")
      : { status: 200, body: put(fields) };
  }

  function remove(id: string, event: JsonObject): Told {
    if (event["status"] === "cancelled") return refusal(410, "Resource has been deleted");
    put({ ...event, status: "cancelled" });
    return { status: 204, headers: { "x-id": id } };
  }

  function put(fields: JsonObject): JsonObject {
    changes += 1;
    const id = fields["id"] as string;
    const event = {
      status: "confirmed",
      ...fields,
      etag: `"${changes}"`,
      htmlLink: `https://calendar.example/event?eid=${id}`,
    };
    events.set(id, event);
    return event;
  }

  /** In pages of two; what begins at or after the end, or ends at or before the start, is not in it. */
  function listed(query: URLSearchParams): Told {
    const [from, to] = ["timeMin", "timeMax"].map((name) => Date.parse(query.get(name) ?? ""));
    if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to))
      return refusal(400, "Bad Request");
    const inside = [...events.values()].filter((event) => at(event["start"]) < to && at(event["end"]) > from);
    const words = query.get("q") ?? "";
    const all = inside
      .filter((event) => JSON.stringify(event).includes(words))
      .toSorted((a, b) => at(a["start"]) - at(b["start"]));
    const start = Number(query.get("pageToken") ?? 0);
    const next = start + 2 < all.length ? { nextPageToken: String(start + 2) } : {};
    return { status: 200, body: { items: all.slice(start, start + 2), ...next } };
  }
}

function at(time: Json | undefined): number {
  const { date = null, dateTime = null } = objectAt(time);
  return Date.parse((dateTime ?? date) as string);
}

/** Fields over fields, also inside; null takes one away. */
function patched(event: JsonObject, change: JsonObject): JsonObject {
  const merged = new Map(Object.entries(event));
  for (const [key, value] of Object.entries(change)) {
    const old = merged.get(key) ?? null;
    if (value === null) merged.delete(key);
    else merged.set(key, isJsonObject(value) ? patched(isJsonObject(old) ? old : {}, value) : value);
  }
  return Object.fromEntries(merged);
}

function freeBusy({ items = [] }: JsonObject): Told {
  const asked = (items as readonly JsonObject[]).map(({ id }) => id as string);
  const found = asked.map((id) =>
    id === "bo@example.com"
      ? [id, { busy: [{ start: "2026-03-01T09:00:00Z", end: "2026-03-01T10:00:00Z" }] }]
      : [id, { errors: [{ domain: "global", reason: "notFound" }], busy: [] }],
  );
  return { status: 200, body: { calendars: Object.fromEntries(found) as JsonObject } };
}

function calendars(query: URLSearchParams): Told {
  const one = { id: "primary", summary: "Ada", timeZone: "Europe/Zurich", primary: true, accessRole: "owner" };
  const two = { id: "team", summary: "Team", timeZone: "UTC", accessRole: "reader" };
  return { status: 200, body: query.has("pageToken") ? { items: [two] } : { items: [one], nextPageToken: "2" } };
}

function refusal(code: number, message: string): Told {
  return { status: code, body: { error: { code, message, errors: [{ reason: "invalid" }] } } };
}
