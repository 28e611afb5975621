/** The shells that commands can be completed in. */
export const shells = ["bash", "zsh", "fish", "pwsh"] as const;

/** One of them. */
export type Shell = (typeof shells)[number];
