/** `<provider>/<model>`; the model's name may hold further `/`. */
const shape = /^[a-z][\w.-]*\/[\w.-][\w.:@/-]*$/i;

/** What a name ends in, or goes on with, behind a part of it. */
const end = "(?=$|[-_:@/.])";

/** Parts of a name that mean one model for good. */
const marks: readonly RegExp[] = [
  // A day: 20251001 or 2025-09-23.
  new RegExp(`[-_:@.]20\\d\\d(-?)(?:0[1-9]|1[0-2])\\1(?:0[1-9]|[12]\\d|3[01])${end}`),
  // A month: 08-2024 or 2024-08.
  new RegExp(`[-_:@](?:(?:0[1-9]|1[0-2])-20\\d\\d|20\\d\\d-(?:0[1-9]|1[0-2]))${end}`),
  // Year and month, or month and day, in four digits: 2411, 0613.
  new RegExp(`[-_](?:2[3-9](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01]))${end}`),
  // A numbered snapshot: 002.
  new RegExp(`[-_]0\\d\\d${end}`),
  // An exact version of a model that is served by its own maker: @2.1.0.
  /@v?\d+\.\d+\.\d+$/,
];

/** The content itself: `@sha256:…`, or a revision of a repository. */
const digest = /@(?:[a-z0-9]+:[0-9a-f]{12,128}|[0-9a-f]{7,64})$/i;

/** True for a text that names a provider and a model. */
export function isModel(pin: string): boolean {
  return shape.test(pin);
}

/**
 * True for a model that means the same tomorrow: its name holds a date, a numbered snapshot, an exact version, or the digest of its content.
 *
 * A name with `latest` in it never does, unless a digest follows.
 */
export function isPinnedModel(pin: string): boolean {
  if (digest.test(pin)) return true;
  return !/(?:^|[-_:@/.])latest(?:$|[-_:@/.])/i.test(pin) && marks.some((mark) => mark.test(pin));
}
