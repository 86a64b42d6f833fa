// Who sets the pace of a terminal: learners who are present, and nobody else.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Pace } from '../../../server/link/pace.ts';
import {
  OUTPUT_HIGH_MARK_BYTES,
  OUTPUT_LOW_MARK_BYTES,
  STALLED_AFTER_MS,
} from '../../../server/protocol/flow-control.ts';

/** A page that is `behind` bytes behind and has been silent for `silentMs`. */
function runner(setsPace: boolean, behind: number, silentMs = 0) {
  const watcher = { behind, silentMs, silence: () => watcher.silentMs };
  return { setsPace, watcher };
}

let isReading: boolean;
let runners: Set<ReturnType<typeof runner>>;
let pace: Pace;
beforeEach(() => {
  isReading = true;
  runners = new Set();
  pace = new Pace({ pause: () => (isReading = false), resume: () => (isReading = true) }, runners);
});
afterEach(() => pace.release());

describe('pace', () => {
  test('[P12] a learner at the high mark stops the reading, and at the low mark lets it go on', () => {
    const learner = runner(true, OUTPUT_HIGH_MARK_BYTES);
    runners.add(learner);
    pace.review();
    expect(isReading).toBe(false);
    learner.watcher.behind = OUTPUT_LOW_MARK_BYTES + 1;
    pace.review();
    expect(isReading).toBe(false);
    learner.watcher.behind = OUTPUT_LOW_MARK_BYTES;
    pace.review();
    expect(isReading).toBe(true);
  });
  test('[P12] the fastest of several learners counts', () => {
    runners.add(runner(true, OUTPUT_HIGH_MARK_BYTES)).add(runner(true, 0));
    pace.review();
    expect(isReading).toBe(true);
  });
  test('[P12] a watcher never stops the reading, beside a learner or alone', () => {
    const learner = runner(true, 0);
    runners.add(runner(false, 10 * OUTPUT_HIGH_MARK_BYTES)).add(learner);
    pace.review();
    expect(isReading).toBe(true);
    runners.delete(learner);
    pace.review();
    expect(isReading).toBe(true);
  });
  test('[P12] a fast watcher does not make a learner miss output', () => {
    runners.add(runner(false, 0)).add(runner(true, OUTPUT_HIGH_MARK_BYTES));
    pace.review();
    expect(isReading).toBe(false);
  });
  test('[P12] a learner who has been silent for long at the high mark counts as away', () => {
    runners.add(runner(true, OUTPUT_HIGH_MARK_BYTES, STALLED_AFTER_MS));
    pace.review();
    expect(isReading).toBe(true);
  });
  test('[P12] when the learner leaves, the reading goes on', () => {
    runners.add(runner(true, OUTPUT_HIGH_MARK_BYTES));
    pace.review();
    runners.clear();
    pace.review();
    expect(isReading).toBe(true);
  });
  test('[P16] at the end of the shell the rest is read whoever is behind', () => {
    runners.add(runner(true, OUTPUT_HIGH_MARK_BYTES));
    pace.review();
    pace.release();
    expect(isReading).toBe(true);
    pace.review();
    expect(isReading).toBe(true);
  });
});
