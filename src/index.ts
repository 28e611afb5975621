// The front door: what a program that embeds Runwright, a user's module or an adapter imports.
export type { FunctionContext, FunctionModule, OnceOptions } from "./actions/function/context.ts";
export { type App, type AppOptions, openApp } from "./app/app.ts";
export { type Config, loadConfig } from "./app/config.ts";
export type {
  Decision,
  GateView,
  InstanceView,
  ListedRun,
  PublishFile,
  RunReader,
  Runs,
  RunView,
  StartRun,
} from "./app/runs.ts";
export { type ErrorCode, hasCode, RunwrightError } from "./base/error.ts";
export type { Release } from "./ports/catalog.ts";
export type { Journal, RunRow, RunStatus, RunSummary } from "./ports/journal.ts";
export type { Store } from "./ports/store.ts";
