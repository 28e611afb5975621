import { hasCode, RunwrightError } from "../../../src/base/error.ts";
import type { Plan, StepPlan } from "../../../src/language/plan.ts";
import type { Command } from "../../../src/machine/command.ts";
import { withoutIterations } from "../../../src/machine/events.ts";
import { addUsage } from "../../../src/machine/usage.ts";
import { clearTimer, setStatus } from "../../../src/machine/lifecycle.ts";
import { emptyState, type Instance, type RunState } from "../../../src/machine/state.ts";
import type { Invariant } from "./audit.ts";
import { type Machine, realMachine } from "./machine.ts";

/** A machine that lacks one guard, and the promise that it must be seen to break. */
export interface MissingGuard {
  readonly breaks: Invariant;
  readonly machine: () => Machine;
}

const real = realMachine();

function machineWith(changes: Partial<Machine>): () => Machine {
  return () => ({ ...real, ...changes });
}

/** The machine reads a plan in which the bound is not; the audit holds against it the plan as it was written. */
function withPlan(change: (plan: Plan) => Plan): () => Machine {
  return machineWith({ begin: (plan) => emptyState(change(plan)) });
}

function withSteps(change: (step: StepPlan) => StepPlan): () => Machine {
  return withPlan((plan) => ({ ...plan, steps: plan.steps.map(change) }));
}

function withNext(change: (commands: readonly Command[], state: RunState) => readonly Command[]): () => Machine {
  return machineWith({ next: (state, now) => change(real.next(state, now), state) });
}

function withSnapshot(change: (state: RunState) => RunState): () => Machine {
  return machineWith({ restored: (state) => change(real.restored(state)) });
}

/** By name: what the machine does instead. */
export const missingGuards: Readonly<Record<string, MissingGuard>> = {
  "next writes into the state": {
    breaks: "M1",
    machine: withNext((commands, state) => {
      for (const instance of state.calls) instance.title = "seen";
      return commands;
    }),
  },
  "a snapshot forgets the order of what is ready": {
    breaks: "M1",
    machine: withSnapshot((state) => ({ ...state, ready: new Set([...state.ready].toReversed()) })),
  },
  "a snapshot forgets the iterations before": {
    breaks: "M1",
    machine: withSnapshot((state) => {
      for (const { body } of state.instances.values())
        if (body?.previous !== undefined) body.previous.children.length = 0;
      return state;
    }),
  },
  "an event ends a wait that has ended": {
    breaks: "M2",
    machine: machineWith({
      receive: (state, report, by) => [...real.receive(state, report, by), ...endsAgain(state)],
    }),
  },
  "followers go on one wait too early": {
    breaks: "M3",
    machine: machineWith({
      apply(state, event, at) {
        real.apply(state, event, at);
        for (const instance of state.instances.values()) letGo(state, instance);
      },
    }),
  },
  "attempts have no bound": {
    breaks: "M4",
    machine: withSteps((step) => ({ ...step, retry: { ...step.retry, attemptsMax: 9 } })),
  },
  "iterations have no bound": {
    breaks: "M5",
    machine: withSteps((step) =>
      step.loop === undefined ? step : { ...step, loop: { ...step.loop, iterationsMax: step.loop.iterationsMax + 1 } },
    ),
  },
  "next forgets what runs": {
    breaks: "M6",
    machine: withNext((commands, { calls }) => [
      ...commands,
      ...Array.from(calls, ({ path, attempt }) => record({ kind: "step.started", v: 1, path, attempt, input: null })),
    ]),
  },
  "the key of a call does not know iterations": {
    breaks: "M7",
    machine: machineWith({ keyOf: (_state, { path }) => withoutIterations(path) }),
  },
  "a cancel is only noted": {
    breaks: "M8",
    machine: machineWith({
      apply(state, event, at) {
        if (event.kind === "run.cancel-requested") state.cancel = { by: event.by, at };
        else real.apply(state, event, at);
      },
    }),
  },
  "a receipt is not looked for": {
    breaks: "M7",
    machine: machineWith({ beginOperation: (state, request) => real.beginOperation(withoutReceipts(state), request) }),
  },
  "a second receipt is taken as well": {
    breaks: "M7",
    machine: machineWith({
      receiveReceipt: (_state, { path, operation, receipt }) => ({
        event: { kind: "effect.received", v: 1, path, operation, receipt },
      }),
    }),
  },
  "an operation does not ask for the cancel": {
    breaks: "M8",
    machine: machineWith({
      beginOperation(state, { path, operation, key, class: effectClass }) {
        if (!state.calls.has(state.instances.get(path) ?? noInstance)) throw tooLate;
        return { kind: "begins", event: { kind: "effect.intended", v: 1, path, operation, key, class: effectClass } };
      },
    }),
  },
  "what nobody knows is called again": {
    breaks: "I8",
    machine: machineWith({
      beginOperation: (state, request) => real.beginOperation(state, { ...request, looked: true }),
    }),
  },
  "what a call says counts of the calls before it as well": {
    breaks: "I8",
    machine: machineWith({
      failOperation(state, request) {
        const event = real.failOperation(state, request);
        const { undone } = request;
        return undone === undefined ? event : { ...event, undone };
      },
      apply(state, event, at) {
        const effects = event.kind === "effect.failed" ? state.instances.get(event.path)?.effects : undefined;
        for (const [name, { doubted: _doubted, ...effect }] of effects ?? []) effects?.set(name, effect);
        real.apply(state, event, at);
      },
    }),
  },
  "what a failed call has done is not asked": {
    breaks: "I8",
    machine: machineWith({
      apply(state, event, at) {
        real.apply(state, event, at);
        if (event.kind !== "effect.failed") return;
        const effects = state.instances.get(event.path)?.effects;
        for (const [name, effect] of effects ?? [])
          if (effect.receipt === undefined) effects?.set(name, { ...effect, undone: true });
      },
    }),
  },
  "what the rules deny is begun all the same": {
    breaks: "M13",
    machine: machineWith({
      beginOperation(state, { rule, ...request }) {
        const isDenied = rule?.().outcome === "deny";
        return real.beginOperation(state, isDenied || rule === undefined ? request : { ...request, rule });
      },
    }),
  },
  "nobody is asked what the rules want people to allow": {
    breaks: "M13",
    machine: machineWith({
      beginOperation: (state, { rule: _rule, ...request }) => real.beginOperation(state, request),
    }),
  },
  "a budget is not looked at": {
    breaks: "M19",
    machine: withPlan((plan) => {
      if (plan.limits === undefined) return plan;
      const { tokens: _tokens, ...limits } = plan.limits;
      return { ...plan, limits };
    }),
  },
  "what was used up is counted twice": {
    breaks: "M19",
    machine: machineWith({
      apply(state, event, at) {
        real.apply(state, event, at);
        if (event.kind === "effect.received" && event.usage !== undefined)
          state.usage = addUsage(state.usage, event.usage);
      },
    }),
  },
  "an operation does not ask for the pause": {
    breaks: "M20",
    machine: machineWith({
      beginOperation: (state, request) => real.beginOperation({ ...state, paused: false }, request),
    }),
  },
  "what waits for people counts as waiting for people alone": {
    breaks: "M9",
    machine: machineWith({
      phaseOf(state) {
        const phase = real.phaseOf(state);
        return phase === "running" && state.gates.size > 0 && state.calls.size === 0 ? "awaiting_approval" : phase;
      },
    }),
  },
  "a gate that is closed can be decided": {
    breaks: "M10",
    machine: machineWith({
      decide(state, request, by, at) {
        const gate = state.instances.get(request.path)?.gate;
        if (gate === undefined || gate.state === "open") return real.decide(state, request, by, at);
        const vote = { outcome: "accepted", by: by.id, at, self: false } as const;
        return [{ kind: "gate.decided", v: 1, path: request.path, vote, output: null }];
      },
    }),
  },
  "everybody has every role": {
    breaks: "M11",
    machine: machineWith({
      decide: (state, request, { id }, at) => real.decide(state, request, { id, roles: ["*"] }, at),
    }),
  },
  "nobody looks whether a gate shows what was decided": {
    breaks: "M11",
    machine: machineWith({
      decide: (state, { hash: _hash, ...request }, by, at) => real.decide(state, request, by, at),
    }),
  },
  "keys of a for-each may be equal": {
    breaks: "M14",
    machine: withNext((commands) =>
      commands.map((command) => {
        if (command.kind !== "record" || command.event.kind !== "scope.expanded") return command;
        return record({ ...command.event, keys: command.event.items.map(() => "a") });
      }),
    ),
  },
  "limits.parallel is not looked at": {
    breaks: "M16",
    machine: withPlan(({ limits: _limits, ...plan }) => plan),
  },
  "a pause is not looked at": {
    breaks: "M20",
    machine: machineWith({ next: (state, now) => real.next({ ...state, paused: false }, now) }),
  },
  "a value comes from the memory of the process": {
    breaks: "M21",
    machine() {
      let asked = 0;
      return {
        ...real,
        next(state, now) {
          asked += 1;
          return real.next(state, now).map((command) => counted(command, asked));
        },
      };
    },
  },
  "steps run whatever they need": {
    breaks: "rule 1",
    machine: withSteps(({ needs: _needs, ...step }) => step),
  },
  "else is not looked at": {
    breaks: "rule 1",
    machine: withSteps(({ elseOf: _elseOf, ...step }) => step),
  },
  "a failure stops nothing": {
    breaks: "rule 2",
    machine: withSteps((step) => ({ ...step, onFailure: "continue" })),
  },
  "next asks for what cannot follow": {
    breaks: "I1",
    machine: withNext((commands, { instances }) => [
      ...commands,
      ...Array.from(instances.values())
        .filter(({ status }) => status === "pending")
        .map(({ path }) => record({ kind: "step.cancelled", v: 1, path })),
    ]),
  },
  "what cannot follow is passed over": {
    breaks: "I1",
    machine: machineWith({
      apply(state, event, at) {
        try {
          real.apply(state, event, at);
        } catch (error) {
          if (!hasCode(error, "machine.illegal")) throw error;
        }
      },
    }),
  },
  "timers do not fire": {
    breaks: "I5",
    machine: withNext((commands) =>
      commands.filter((command) => command.kind === "call" || command.event.kind !== "timer.fired"),
    ),
  },
  "a group whose time is over goes on": {
    breaks: "I13",
    machine: machineWith({
      apply(state, event, at) {
        const group = event.kind === "timer.fired" ? state.instances.get(event.path) : undefined;
        if (group?.body === undefined) real.apply(state, event, at);
        else clearTimer(state, group);
      },
    }),
  },
};

function record(event: Extract<Command, { kind: "record" }>["event"]): Command {
  return { kind: "record", event };
}

const tooLate = new RunwrightError("call.aborted", "");
const noInstance = {} as Instance;

function withoutReceipts(state: RunState): RunState {
  const forgetful = Array.from(
    state.instances,
    ([path, { effects: _effects, ...instance }]) => [path, instance] as const,
  );
  const calls = new Set(
    forgetful.flatMap(([path, instance]) =>
      state.calls.has(state.instances.get(path) ?? noInstance) ? [instance] : [],
    ),
  );
  return { ...state, instances: new Map(forgetful), calls };
}

function letGo(state: RunState, instance: Instance): void {
  if (instance.status !== "pending" || instance.waitsLeft !== 1) return;
  instance.waitsLeft = 0;
  setStatus(state, instance, "ready");
}

function endsAgain({ instances }: RunState): ReturnType<Machine["receive"]> {
  return Array.from(instances.values())
    .filter(({ step, status }) => step.verb.kind === "wait_event" && status === "succeeded")
    .map(({ path }) => ({ kind: "step.succeeded", v: 1, path, output: null }));
}

function counted(command: Command, asked: number): Command {
  if (command.kind !== "record" || command.event.kind !== "step.succeeded") return command;
  return record({ ...command.event, output: asked });
}
