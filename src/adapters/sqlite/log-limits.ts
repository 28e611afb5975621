const mib = 1_048_576;

/** Bytes of a page of the database, and so of what a frame of the log holds. */
export const pageBytes = 4096;

/** From this length on the write-ahead log is moved into the database file, so that it can begin anew. */
export const logBytesUsual: number = 16 * mib;

/** From here on the writer moves more of it by itself: it is faster than the thread that should. */
export const logBytesLead: number = 32 * mib;

/** A log of this length takes no further commit: only somebody who reads for a long time can let it come to that. */
export const logBytesMax: number = 64 * mib;
