import type { RunKey } from "../../base/ids.ts";
import {
  entryColumns,
  entryIn,
  outcomeIn,
  rowColumns,
  rowIn,
  segmentColumns,
  segmentIn,
  snapshotColumns,
  snapshotIn,
  wakingColumns,
  wakingIn,
} from "../../ports/journal-rows.ts";
import { blobMissing, pageRows, runNotFound } from "../../ports/journal-rules.ts";
import type { JournalReader, Segment } from "../../ports/journal.ts";
import type { Server, Value } from "./server.ts";

const pageSegmentsMax = 64;
const ofRun = "tenant = $1 AND workspace = $2 AND run = $3";

/** Reads the journal in the schema `name`. */
export function createReader(server: Server, name: string): JournalReader {
  return {
    read: (key, fromSeq) => readSegments(server, name, key, fromSeq),
    async inbox(key) {
      const rows = await server.read(
        `SELECT ${entryColumns} FROM ${name}.inbox WHERE ${ofRun} AND outcome IS NULL ORDER BY id`,
        valuesOf(key),
      );
      if (rows.length === 0) await assertRun(server, name, key);
      return rows.map(entryIn);
    },
    async outcome(key, id) {
      const [row] = await server.read(`SELECT outcome FROM ${name}.inbox WHERE ${ofRun} AND id = $4`, [
        ...valuesOf(key),
        id,
      ]);
      if (row === undefined) await assertRun(server, name, key);
      return outcomeIn(row);
    },
    async row(key) {
      const [row] = await server.read(`SELECT ${rowColumns} FROM ${name}.run WHERE ${ofRun}`, valuesOf(key));
      return row === undefined ? undefined : rowIn(row);
    },
    async snapshot(key) {
      const [row] = await server.read(`SELECT ${snapshotColumns} FROM ${name}.snapshot WHERE ${ofRun}`, valuesOf(key));
      return row === undefined ? undefined : snapshotIn(row);
    },
    async blobs({ tenant }, digests) {
      const rows = await server.read(`SELECT digest, body FROM ${name}.blob WHERE tenant = $1 AND digest = ANY($2)`, [
        tenant,
        digests,
      ]);
      const found = new Map(rows.map(([digest, body]) => [String(digest), String(body)]));
      for (const digest of digests) if (!found.has(digest)) throw blobMissing(digest);
      return found;
    },
    async list({ tenant, workspace }, { workflow, status, before, limit }) {
      const values: Value[] = [tenant, workspace];
      const filters = ["tenant = $1", "workspace = $2"];
      if (workflow !== undefined) filters.push(`workflow = $${values.push(workflow)}`);
      if (status !== undefined) filters.push(`status = $${values.push(status)}`);
      if (before !== undefined) filters.push(`run < $${values.push(before)}`);
      const rows = await server.read(
        `SELECT ${rowColumns} FROM ${name}.run WHERE ${filters.join(" AND ")} ORDER BY run DESC LIMIT ${pageRows(limit)}`,
        values,
      );
      return rows.map(rowIn);
    },
    async waking(after, limit) {
      const { key, wakeAt } = after ?? { key: { tenant: "", workspace: "", run: "" }, wakeAt: -1 };
      const rows = await server.read(
        `SELECT ${wakingColumns} FROM ${name}.run
         WHERE due IS NOT NULL AND (due, run, tenant, workspace) > ($1, $2, $3, $4)
         ORDER BY due, run, tenant, workspace LIMIT ${pageRows(limit)}`,
        [wakeAt, key.run, key.tenant, key.workspace],
      );
      return rows.map(wakingIn);
    },
  };
}

async function* readSegments(server: Server, name: string, key: RunKey, fromSeq: number): AsyncGenerator<Segment> {
  await assertRun(server, name, key);
  const [before] = await server.read(
    `SELECT seq, count FROM ${name}.segment WHERE ${ofRun} AND seq <= $4 ORDER BY seq DESC LIMIT 1`,
    [...valuesOf(key), fromSeq],
  );
  const [firstSeq = fromSeq, count = 0] = before ?? [];
  for (let seq = Number(firstSeq) + Number(count) > fromSeq ? Number(firstSeq) : fromSeq; ;) {
    const rows = await server.read(
      `SELECT ${segmentColumns} FROM ${name}.segment WHERE ${ofRun} AND seq >= $4 ORDER BY seq LIMIT ${pageSegmentsMax}`,
      [...valuesOf(key), seq],
    );
    const page = rows.map(segmentIn);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    seq = last.seq + last.count;
  }
}

async function assertRun(server: Server, name: string, key: RunKey): Promise<void> {
  const [row] = await server.read(`SELECT 1 FROM ${name}.run WHERE ${ofRun}`, valuesOf(key));
  if (row === undefined) throw runNotFound(key.run);
}

function valuesOf({ tenant, workspace, run }: RunKey): readonly string[] {
  return [tenant, workspace, run];
}
