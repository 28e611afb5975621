import type { Audit } from "./audit.ts";
import type { Catalog } from "./catalog.ts";
import type { Journal } from "./journal.ts";
import type { Logs } from "./logs.ts";

/** Everything that is kept: one journal, one catalog, one log and one audit log over the same data. Disposing it ends what is under way and lets the data go. */
export interface Store extends AsyncDisposable {
  readonly journal: Journal;
  readonly catalog: Catalog;
  readonly logs: Logs;
  readonly audit: Audit;
}
