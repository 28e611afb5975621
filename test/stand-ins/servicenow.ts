import type { JsonObject } from "../../src/base/json.ts";
import { type Asked, hasBasic, objectAt, type StandIn, startStandIn, type Told } from "./stand-in.ts";

/** Tables as ServiceNow keeps them. */
export interface ServiceNowStandIn extends StandIn {
  readonly settings: JsonObject;
  /** Rows by table and sys_id. Every value is a text, as in the real one. */
  readonly tables: Readonly<Record<"incident" | "sys_journal_field", Map<string, Record<string, string>>>>;
}

/** The incident that is there from the start. */
export const incidentId = "9d385017c611228701d22104cc95c371";

/** Starts one with incident INC0010001. */
export async function startServiceNow(): Promise<ServiceNowStandIn> {
  const tables: ServiceNowStandIn["tables"] = { incident: new Map(), sys_journal_field: new Map() };
  tables.incident.set(incidentId, {
    sys_id: incidentId,
    number: "INC0010001",
    short_description: "Cannot print",
    description: "Since Monday.",
    state: "1",
    priority: "4",
    category: "inquiry",
    subcategory: "",
    assignment_group: "",
    assigned_to: "",
    sys_updated_on: "2026-03-01 09:30:00",
    sys_mod_count: "0",
  });
  let clock = Date.parse("2026-03-01T09:30:00Z");

  const standIn = await startStandIn((asked) =>
    hasBasic(asked, "ada", "sn-secret") ? answer(asked) : refusal(401, "User Not Authenticated"),
  );
  return Object.assign(standIn, {
    tables,
    settings: { url: standIn.url, user: "ada", password: "sn-secret" } as const,
  });

  function answer({ method, path, query, body }: Asked): Told {
    const [, name = "", id] = /^\/api\/now\/table\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    const table = name === "incident" || name === "sys_journal_field" ? tables[name] : undefined;
    if (table === undefined) return refusal(400, `Invalid table ${name}`);
    if (id === undefined) return { status: 200, body: { result: rowsOf(table, query) } };
    const row = table.get(id);
    if (row === undefined) return refusal(404, "No Record found");
    if (method === "PATCH") patch(row, objectAt(body));
    return { status: 200, body: { result: shown(row, query) } };
  }

  /** Each change counts, and a journal field such as work_notes becomes a row of another table. */
  function patch(row: Record<string, string>, { work_notes, ...fields }: JsonObject): void {
    const changed = Object.entries(fields).filter(([name, value]) => row[name] !== undefined && row[name] !== value);
    if (changed.length === 0 && work_notes === undefined) return;
    clock += 1000;
    for (const [name, value] of changed) row[name] = typeof value === "string" ? value : JSON.stringify(value);
    row["sys_mod_count"] = String(Number(row["sys_mod_count"]) + 1);
    row["sys_updated_on"] = new Date(clock).toISOString().slice(0, 19).replace("T", " ");
    if (typeof work_notes !== "string") return;
    const sys_id = String(tables.sys_journal_field.size + 1).padStart(32, "0");
    const sys_created_on = row["sys_updated_on"];
    tables.sys_journal_field.set(sys_id, {
      sys_id,
      element_id: row["sys_id"] ?? "",
      element: "work_notes",
      value: work_notes,
      sys_created_on,
    });
  }
}

/** An encoded query: conditions joined by `^`, with `=` and `LIKE`. */
function rowsOf(table: ReadonlyMap<string, Record<string, string>>, query: URLSearchParams): readonly JsonObject[] {
  const conditions = (query.get("sysparm_query") ?? "").split("^").filter((each) => each !== "");
  const found = [...table.values()].filter((row) => conditions.every((condition) => holds(row, condition)));
  return found.slice(0, Number(query.get("sysparm_limit") ?? 10_000)).map((row) => shown(row, query));
}

function holds(row: Record<string, string>, condition: string): boolean {
  const [, field = "", operator, value = ""] = /^(\w+?)(=|LIKE)(.*)$/.exec(condition) ?? [];
  return operator === "LIKE" ? (row[field] ?? "").includes(value) : row[field] === value;
}

function shown(row: Record<string, string>, query: URLSearchParams): JsonObject {
  const fields = query.get("sysparm_fields")?.split(",");
  return Object.fromEntries(Object.entries(row).filter(([name]) => fields === undefined || fields.includes(name)));
}

function refusal(status: number, message: string): Told {
  return { status, body: { error: { message, detail: "" }, status: "failure" } };
}
