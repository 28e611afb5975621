/** What calls of models have used up. Tokens of an answer include those that the model thought with. */
export interface Usage {
  readonly calls: number;
  readonly tokensIn: number;
  /** Of those that went in, how many the provider had at hand. */
  readonly tokensCached: number;
  readonly tokensOut: number;
  /** Of those that came out, how many the model thought with. */
  readonly tokensReasoning: number;
  /** US dollars by the price table; undefined: the model has no price there. */
  readonly costUsd?: number;
}
