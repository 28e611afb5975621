/** Every bound of the calls of models, in one place. */
export const providerLimits = {
  /** Tokens that an answer may have, thoughts included, when a step does not say. Left out, some providers would allow 128,000 of them. */
  answerTokens: 8192,
  /** What a provider may answer, unpacked. */
  answerBytesMax: 16_777_216, // 16 MiB
  /** How long one call may take in all when the configuration does not say; a step's own timeout may end it sooner. */
  callMs: 600_000,
  callMsMax: 3_600_000,
  connectMsMax: 10_000,
  /** Calls of one provider at once when the configuration does not say. */
  concurrent: 16,
  concurrentMax: 1000,
  perMinuteMax: 10_000,
  /** Calls that wait for their turn, and how long each of them may wait. */
  waitingMax: 1000,
  waitMsMax: 300_000,
  /** What a provider asks for in `retry-after` is believed up to here. */
  retryAfterMsMax: 900_000,
  /** This many failures within this time: the provider is left alone for a while, then tried with one call. */
  circuitFailures: 5,
  circuitWindowMs: 60_000,
  circuitOpenMs: 30_000,
  /** Characters of a provider's own words in our messages. */
  wordsMax: 400,
  toolNameMax: 64,
  /** How long the digest that a local server told is believed, and how long it may take to tell. */
  digestKeptMs: 60_000,
  digestMsMax: 5000,
} as const;
