import type { Tapes } from "./lives.ts";

/** A life that showed something once: it is lived again before all others. */
interface Kept {
  readonly why: string;
  readonly tapes: Tapes;
  /** It was compared with the reference. */
  readonly calm?: true;
}

/**
 * What fast-check found and shrank. The numbers themselves are kept, not the seed they came from: a seed means another run as soon as
 * fast-check or the order of a choice changes. They do drift when a choice is put in between; each fault has a test of its own beside it.
 */
export const kept: readonly Kept[] = [
  {
    why: "M11: who started the run accepted it as one of a role",
    tapes: [
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 52429],
      [42599, 0, 0, 0, 9831, 0, 0, 0, 0, 0, 0, 0, 0, 32768],
    ],
  },
  {
    why: "I5: an item of a for-each that is a gate and is asked for changes left the for-each open for ever",
    tapes: [
      [0, 0, 0, 0, 0, 0, 0, 0, 45876, 0, 0, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 0, 32768, 0, 0, 52429, 16384],
      [0, 0, 0, 0, 0, 9831, 0, 0, 0, 0, 0, 0, 0, 55706, 26215],
    ],
  },
  {
    why: "I5: the timer of a group that was being cancelled fell due, and was asked for without end",
    tapes: [
      [0, 0, 0, 0, 0, 0, 0, 0, 45876, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 45876],
      [42599, 0, 0, 0, 9831, 0, 0, 0, 0, 63898, 0, 32769, 0, 0, 0, 45876, 0, 4367, 0, 9831],
    ],
  },
  {
    why: "I13: a loop whose time fell due as an iteration ended began another one",
    tapes: [
      [0, 0, 0, 0, 0, 0, 0, 0, 45876, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 39322, 0, 21846, 0, 0, 0, 0, 0, 45876],
      [42599, 0, 0, 0, 9831, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9831, 64226, 0, 45876, 0, 4367],
    ],
  },
  {
    why: "rule 1: a step that runs on failure did not, because what it needs was skipped by a stop before its own needs had ended",
    calm: true,
    tapes: [
      [
        0, 52429, 0, 0, 0, 0, 0, 0, 45876, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 55706, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 55706, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 39322, 26215,
      ],
      [],
    ],
  },
  {
    why: "it shows the rare way: run running awaiting_approval gate.withdrawn",
    tapes: [
      [
        32768, 39322, 55706, 32768, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 45876,
      ],
      [],
    ],
  },
  {
    why: "it shows the rare way: step ready skipped gate.expired",
    tapes: [
      [
        32768, 26215, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 43691, 0, 0, 39322, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 45876,
        32768, 21846, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 45876,
      ],
      [42599, 0, 0, 0, 9831, 0, 0, 0, 0, 0, 0, 0, 0, 32768, 0, 0, 0, 9831, 0, 0, 45876, 0, 4367],
    ],
  },
  {
    why: "it shows the rare way: step ready skipped gate.decided",
    tapes: [
      [
        32768, 26215, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 45876, 0, 21846,
      ],
      [0, 0, 0, 0, 0, 9831, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 55706, 39322],
    ],
  },
  {
    why: "it shows the rare way: run running awaiting_approval child.started",
    tapes: [
      [
        32768, 26215, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 39322, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 36045, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 49152, 52429, 0, 39322, 26215,
      ],
      [],
    ],
  },
  {
    why: "it shows the rare way: run running awaiting_approval step.cancelled",
    tapes: [
      [
        32768, 26215, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 55706, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 32768,
      ],
      [0, 0, 0, 0, 0, 9831, 0, 0, 0, 0, 0, 0, 42599, 0, 0, 0, 9831],
    ],
  },
  {
    why: "it shows the rare way: run running awaiting_approval gate.expired",
    tapes: [
      [32768, 13108, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 39322, 0, 16384, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 52429],
      [0, 0, 0, 0, 0, 9831, 0, 0, 0, 0, 45876, 0, 4367, 0, 9831],
    ],
  },
  {
    why: "it shows the rare way: run awaiting_approval running run.limit-reached",
    tapes: [
      [
        0, 0, 0, 0, 0, 0, 0, 0, 45876, 0, 0, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 42599, 0,
        0, 0, 52429,
      ],
      [0, 0, 0, 0, 0, 9831, 0, 0, 0, 0, 45876, 0, 43662, 0, 9831],
    ],
  },
  {
    why: "it shows the rare way: run awaiting_approval failed run.finished",
    tapes: [
      [0, 0, 0, 0, 0, 0, 0, 0, 45876, 0, 0, 0, 0, 0, 0, 0, 0, 0, 52429],
      [0, 0, 0, 0, 0, 9831, 0, 0, 0, 0, 63898, 0, 29492],
    ],
  },
  {
    why: "it shows the rare way: step - pending child.started",
    tapes: [[0, 0, 0, 0, 0, 0, 0, 0, 0, 49152, 52429, 0, 52429, 32768], []],
  },
  {
    why: "it shows the rare way: step - pending gate.expired",
    tapes: [
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 39322, 0, 16384, 0, 0, 0, 52429, 32768],
      [0, 0, 0, 0, 0, 0, 0, 42599, 0, 0, 0, 9831, 0, 0, 0, 0, 45876, 0, 4367, 0, 9831],
    ],
  },
  {
    why: "it shows the rare way: step pending ready gate.withdrawn",
    tapes: [
      [
        32768, 26215, 0, 0, 0, 0, 0, 0, 0, 52429, 0, 0, 0, 0, 0, 0, 0, 0, 55706, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 45876,
      ],
      [0, 0, 0, 0, 0, 9831, 0, 0, 0, 0, 0, 0, 0, 42599, 0, 0, 0, 9831],
    ],
  },
  {
    why: "it shows the rare way: step ready cancelled step.cancelled",
    tapes: [[0, 0, 0, 0, 0, 0, 0, 0, 0, 36045, 32768, 0, 32768, 0, 39322, 0, 0, 52429, 32768, 0, 0, 21846], []],
  },
];
