import { digestJson } from "../../src/base/digest.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import { type Asked, objectAt, type StandIn, startStandIn, type Told } from "./stand-in.ts";

interface Issue {
  readonly number: number;
  fields: JsonObject;
  readonly comments: JsonObject[];
}

/** Issues as GitHub keeps them. */
export interface GitHubStandIn extends StandIn {
  readonly settings: JsonObject;
  readonly issues: readonly Issue[];
}

/** Starts one with the repository acme/shop and its issue 1. */
export async function startGitHub(): Promise<GitHubStandIn> {
  const issues: Issue[] = [];
  let comments = 0;
  let clock = Date.parse("2026-03-01T09:30:00Z");
  open({ title: "It breaks", body: "Always.", labels: ["bug"] });

  const standIn = await startStandIn((asked) => {
    if (asked.headers.authorization !== "Bearer gh-secret") return refusal(401, "Bad credentials");
    // The real one refuses whoever does not say who they are.
    return asked.headers["user-agent"] === undefined ? refusal(403, "Missing User-Agent") : answer(asked);
  });
  return Object.assign(standIn, { issues, settings: { url: standIn.url, token: "gh-secret" } as const });

  function answer({ method, path, query, headers, body }: Asked): Told {
    const [, , rest = ""] = /^\/repos\/(acme\/shop)\/issues(.*)$/.exec(path) ?? [];
    if (!path.startsWith("/repos/acme/shop/issues")) return refusal(404, "Not Found");
    if (rest === "") return method === "POST" ? create(objectAt(body)) : paged(issues.map(view).toReversed(), query);
    const [, comment] = /^\/comments\/(\d+)$/.exec(rest) ?? [];
    if (comment !== undefined) return uncomment(Number(comment));
    return answerOf(rest, { method, query, headers, body });
  }

  function answerOf(rest: string, { method, query, headers, body }: Omit<Asked, "path">): Told {
    const [, number, part] = /^\/(\d+)(\/comments)?$/.exec(rest) ?? [];
    const issue = issues.find((each) => each.number === Number(number));
    if (issue === undefined) return refusal(404, "Not Found");
    if (part !== undefined) return method === "POST" ? commented(issue, objectAt(body)) : paged(issue.comments, query);
    if (method === "PATCH") change(issue, objectAt(body));
    const etag = `W/"${digestJson(issue.fields).slice(0, 16)}"`;
    if (method === "GET" && headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
    return { status: 200, headers: { etag }, body: view(issue) };
  }

  function create(fields: JsonObject): Told {
    return typeof fields["title"] === "string" && fields["title"] !== ""
      ? { status: 201, body: view(open(fields)) }
      : refusal(422, "Validation Failed");
  }

  function open({ title = "", body = null, labels = [], assignees = [] }: JsonObject): Issue {
    const fields = { title, body, labels, assignees, state: "open", created_at: at(), updated_at: at() };
    const issue = { number: issues.length + 1, fields, comments: [] };
    issues.push(issue);
    return issue;
  }

  function change(issue: Issue, fields: JsonObject): void {
    clock += 1000;
    issue.fields = { ...issue.fields, ...fields, updated_at: at() };
  }

  function commented(issue: Issue, { body = "" }: JsonObject): Told {
    if (body === "") return refusal(422, "Validation Failed");
    comments += 1;
    const comment = {
      id: 700 + comments,
      body,
      html_url: `https://github.example/acme/shop/issues/${issue.number}#c${comments}`,
    };
    issue.comments.push(comment);
    return { status: 201, body: comment };
  }

  function uncomment(id: number): Told {
    for (const { comments: all } of issues) {
      const place = all.findIndex((each) => each["id"] === id);
      if (place !== -1) return all.splice(place, 1).length === 1 ? { status: 204 } : refusal(404, "Not Found");
    }
    return refusal(404, "Not Found");
  }

  function at(): string {
    return new Date(clock).toISOString().replace(".000", "");
  }
}

function view({ number, fields, comments }: Issue): JsonObject {
  const list = (value: Json | undefined, name: string): Json =>
    ((value ?? []) as readonly Json[]).map((each) => ({ [name]: each }));
  return {
    ...fields,
    number,
    html_url: `https://github.example/acme/shop/issues/${number}`,
    labels: list(fields["labels"], "name"),
    assignees: list(fields["assignees"], "login"),
    user: { login: "ada" },
    comments: comments.length,
  };
}

function paged(all: readonly JsonObject[], query: URLSearchParams): Told {
  const size = Number(query.get("per_page") ?? 30);
  const from = (Number(query.get("page") ?? 1) - 1) * size;
  return { status: 200, body: all.slice(from, from + size) };
}

function refusal(status: number, message: string): Told {
  return { status, body: { message, documentation_url: "https://docs.example" } };
}
