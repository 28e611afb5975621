import type { Action } from "../ports/action.ts";

/** The action, and how many of its calls are under way. */
export function countedCalls(action: Action): { readonly action: Action; readonly underWay: () => number } {
  let count = 0;
  const ended = (): void => {
    count -= 1;
  };
  return {
    action: {
      run(call, signal) {
        const result = action.run(call, signal);
        count += 1;
        // Before whoever waits for the result goes on: a call whose end is being taken in is no longer expected.
        result.then(ended, ended);
        return result;
      },
      ...(action.opening !== undefined && { opening: (call) => action.opening?.(call) }),
      [Symbol.asyncDispose]: () => action[Symbol.asyncDispose](),
    },
    underWay: () => count,
  };
}
