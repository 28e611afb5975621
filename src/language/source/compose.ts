import { Composer, type CST, type Document } from "yaml";
import type { YamlError } from "./yaml-problem.ts";

/** A document, or its first error; neither for a text without any. */
export interface Composed {
  readonly document?: Document;
  readonly error?: YamlError;
}

/** Errors after which a text is not read on: only the first is told, and a hostile file has tens of thousands. */
const errorsMax = 20;

/** Puts parts together to a document, as far as the first errors. */
export function composeParts(parts: readonly CST.Token[], length: number): Composed {
  // Keys are compared in our own walk: the package's own check is quadratic.
  const composer = new Composer({
    uniqueKeys: false,
    merge: false,
    version: "1.2",
    schema: "core",
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const errors: YamlError[] = [];
  // The package has no way to stop at an error but this; if it goes, the errors of the document say the same, only later.
  composer["onError"] = (place: ErrorPlace, code: string, message: string, isWarning?: boolean) => {
    if (isWarning === true) return;
    errors.push({ code, message, pos: spanOf(place) });
    if (errors.length > errorsMax) throw new EnoughErrors();
  };
  try {
    const [document] = composer.compose(parts, true, length);
    errors.push(...(document?.errors ?? []));
    if (errors.length === 0 && document !== undefined) return { document };
  } catch (error) {
    if (!(error instanceof EnoughErrors)) throw error;
  }
  const [first] = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  return first === undefined ? {} : { error: first };
}

class EnoughErrors extends Error {}

type ErrorPlace = number | readonly number[] | { readonly offset: number; readonly source?: string };

function spanOf(place: ErrorPlace): readonly [number, number] {
  if (typeof place === "number") return [place, place + 1];
  if ("offset" in place) return [place.offset, place.offset + (place.source?.length ?? 1)];
  const [start = 0, end = start + 1] = place;
  return [start, end];
}
