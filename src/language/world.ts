/** A text to check and the name it is reported under. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** What the checker knows about the surroundings of a file. The language reads no folders itself. */
export interface World {
  /** Names of the user modules found, for `function:` and `assignment:`. */
  readonly functions: readonly string[];
  readonly assignments: readonly string[];
  /** Roles that the configuration names, beside `requester`. */
  readonly roles: readonly string[];
}
