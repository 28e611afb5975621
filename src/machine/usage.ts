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

/** Both together. A price that is not known counts as none: what is known is shown rather than nothing. */
export function addUsage(left: Usage | undefined, right: Usage): Usage {
  if (left === undefined) return right;
  const costUsd =
    left.costUsd === undefined && right.costUsd === undefined ? undefined : (left.costUsd ?? 0) + (right.costUsd ?? 0);
  return {
    calls: left.calls + right.calls,
    tokensIn: left.tokensIn + right.tokensIn,
    tokensCached: left.tokensCached + right.tokensCached,
    tokensOut: left.tokensOut + right.tokensOut,
    tokensReasoning: left.tokensReasoning + right.tokensReasoning,
    ...(costUsd !== undefined && { costUsd }),
  };
}
