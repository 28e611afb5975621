import type { JsonObject } from "../../src/base/json.ts";
import { type Asked, objectAt, type StandIn, startStandIn, type Told } from "./stand-in.ts";

/** Channels as Slack keeps them. */
export interface SlackStandIn extends StandIn {
  readonly settings: JsonObject;
  /** Messages by channel, the oldest first. */
  readonly channels: ReadonlyMap<string, JsonObject[]>;
}

/** Starts one with the channel C024BE91L. It answers 200 to everything that it understands, also where it refuses. */
export async function startSlack(): Promise<SlackStandIn> {
  const channels = new Map<string, JsonObject[]>([["C024BE91L", []]]);
  let sent = 0;
  const standIn = await startStandIn((asked) =>
    asked.headers.authorization === "Bearer xoxb-secret" ? answer(asked) : refusal("invalid_auth"),
  );
  return Object.assign(standIn, { channels, settings: { url: standIn.url, token: "xoxb-secret" } as const });

  function answer({ path, query, body }: Asked): Told {
    const channel = path.startsWith("/api/chat.") ? textAt(body, "channel") : (query.get("channel") ?? "");
    const messages = channels.get(channel);
    if (messages === undefined) return refusal("channel_not_found");
    switch (path) {
      case "/api/chat.postMessage":
        return post(messages, channel, objectAt(body));
      case "/api/chat.delete": {
        const at = messages.findIndex(({ ts }) => ts === objectAt(body)["ts"]);
        if (at === -1) return refusal("message_not_found");
        messages.splice(at, 1);
        return { status: 200, body: { ok: true, channel, ts: objectAt(body)["ts"] } };
      }
      case "/api/conversations.history":
      case "/api/conversations.replies":
        return page(messages, query);
      default:
        return refusal("unknown_method");
    }
  }

  function post(messages: JsonObject[], channel: string, { text = "", thread_ts, metadata }: JsonObject): Told {
    if (text === "") return refusal("no_text");
    sent += 1;
    const ts = `1772357400.${String(sent).padStart(6, "0")}`;
    const message = { type: "message", ts, text, ...(thread_ts && { thread_ts }), ...(metadata && { metadata }) };
    messages.push(message);
    return { status: 200, body: { ok: true, channel, ts, message } };
  }
}

/** Two to a page, the newest first, so that whoever looks for an older one has to turn pages. */
function page(messages: readonly JsonObject[], query: URLSearchParams): Told {
  const thread = query.get("ts");
  const all = messages
    .filter(({ ts, thread_ts }) => thread === null || ts === thread || thread_ts === thread)
    .toReversed();
  const from = Number(query.get("cursor") ?? 0);
  const shown = all.slice(from, from + 2).map(({ metadata, ...rest }) => ({
    ...rest,
    ...(query.get("include_all_metadata") === "true" && metadata !== undefined && { metadata }),
  }));
  const next_cursor = from + 2 < all.length ? String(from + 2) : "";
  return { status: 200, body: { ok: true, messages: shown, response_metadata: { next_cursor } } };
}

function textAt(body: unknown, key: string): string {
  const value = objectAt(body)[key];
  return typeof value === "string" ? value : "";
}

function refusal(error: string): Told {
  return { status: 200, body: { ok: false, error } };
}
