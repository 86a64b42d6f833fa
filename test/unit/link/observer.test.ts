// When link looks at a lab, with a clock of the test's own, and what it remembers of what it saw.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../../server/foundation/log.ts';
import { LabHistory } from '../../../server/link/checks/history.ts';
import type { CompiledStep } from '../../../server/link/checks/judge.ts';
import {
  OBSERVE_AFTER_MS,
  OBSERVE_APART_MS,
  OBSERVE_SELDOM_MS,
  OBSERVE_SLOWLY_MS,
} from '../../../server/link/limits.ts';
import type { ObserveWish } from '../../../server/protocol/keeper-verbs.ts';
import { Observer, type Reader, type StepState } from '../../../server/link/observer.ts';
import type { SeenParameters } from '../../../server/protocol/browser-messages.ts';
import type { Snapshot } from '../../../server/protocol/snapshot.ts';
import { makeExit, makeProcess, makeSnapshot } from '../checks/lab-builder.ts';

const step: CompiledStep = {
  ref: { course: 'tiny', version: 1, chapter: 'one', step: 'end' },
  wantsNetworks: false,
  paths: ['/made'],
  checkIds: ['ended'],
  quizIds: [],
  follows: new Set(),
  fitting: () => [],
  reasons: () => [],
  judge: (_snapshot, history) => [{ check: 'ended', holds: history.ended.length > 0 }],
  answer: () => undefined,
};

let snapshot: Snapshot;
let looks: number[];
let wishes: ObserveWish[];
let readers: Set<Reader>;
let earned: Map<string, SeenParameters>;
let recordings: { isOn: boolean; wantsNetworks: boolean; show: (snapshot: Snapshot) => void };
/** Whether nothing has happened since the last look. */
let isSame: boolean;
let printed: string;
let observer: Observer;
beforeEach(() => {
  vi.useFakeTimers();
  snapshot = makeSnapshot();
  looks = [];
  wishes = [];
  readers = new Set();
  earned = new Map();
  printed = '';
  isSame = false;
  recordings = { isOn: false, wantsNetworks: false, show: () => undefined };
  observer = makeObserver();
});

function makeObserver(): Observer {
  return new Observer({
    look: async (wish) => {
      wishes.push(wish);
      looks.push(performance.now());
      return Promise.resolve(isSame ? undefined : snapshot);
    },
    history: new LabHistory(),
    printed: () => printed,
    latches: {
      find: (_step, check) => earned.get(check),
      earn: (_step, check, seen) => earned.set(check, seen),
    },
    readers,
    recordings,
    log: createLog('link', 'silent'),
  });
}

afterEach(() => {
  observer.close();
  vi.useRealTimers();
});

function enter(over: Partial<Reader> = {}): Reader {
  const xray = { isOn: false, wantsNetworks: false, show: () => undefined };
  const reader = { step: undefined, isLearner: true, showChecks: () => undefined, xray, ...over };
  readers.add(reader);
  return reader;
}

describe('observer', () => {
  test('[P17] it looks after activity, and each second while a check is open', async () => {
    enter({ step });
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(OBSERVE_AFTER_MS);
    expect(looks).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3 * OBSERVE_SLOWLY_MS);
    expect(looks).toHaveLength(4);
  });
  test('[P17] a learner who reads no step is looked at seldom, and more seldom while nothing is done', async () => {
    enter();
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(OBSERVE_AFTER_MS + 40 * OBSERVE_SELDOM_MS);
    const after = [0, 1, 5, 21, 37].map((times) => times * OBSERVE_SELDOM_MS);
    expect(looks).toEqual(after.map((at) => at + OBSERVE_AFTER_MS));
    const many = looks.length;
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(OBSERVE_AFTER_MS + OBSERVE_SELDOM_MS);
    expect(looks).toHaveLength(many + 2);
  });
  test('[P17] a watcher has nothing looked at', async () => {
    const learner = enter();
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(OBSERVE_AFTER_MS + OBSERVE_SELDOM_MS);
    expect(looks).toHaveLength(2);
    readers.delete(learner);
    enter({ isLearner: false, step });
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(3 * OBSERVE_SELDOM_MS);
    expect(looks).toHaveLength(2);
  });
  test('[P30] a lab that a page draws is looked at each second, though no check is open', async () => {
    const drawn: Snapshot[] = [];
    const xray = { isOn: true, wantsNetworks: false, show: (seen: Snapshot) => drawn.push(seen) };
    enter({ isLearner: false, xray });
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(OBSERVE_AFTER_MS + 2 * OBSERVE_SLOWLY_MS);
    expect(drawn).toEqual([snapshot, snapshot, snapshot]);
    expect(looks).toHaveLength(3);
  });
  test('[P17] what a watcher reads is judged and shown, and earns nothing for the learner', async () => {
    const shown: StepState[] = [];
    const ends = { ...step, judge: () => [{ check: 'ended', holds: true }] };
    enter();
    const showChecks = (_step: CompiledStep, state: StepState) => void shown.push(state);
    const watcher = enter({ isLearner: false, step: ends, showChecks });
    await observer.refresh();
    expect(shown.at(-1)?.checks).toMatchObject([{ check: 'ended', holds: true, earned: false }]);
    expect([...earned.keys()]).toEqual([]);
    expect(wishes.at(-1)?.passing).toBe(false);
    readers.delete(watcher);
    enter({ step: ends });
    await observer.refresh();
    expect([...earned.keys()]).toEqual(['ended']);
  });
  test('[P17] of more paths than are looked at those of the learner’s step come first', async () => {
    const asking = (name: string): CompiledStep => ({
      ...step,
      paths: Array.from({ length: 16 }, (_, index) => `/${name}/${index}`),
    });
    for (const name of ['one', 'two']) enter({ isLearner: false, step: asking(name) });
    enter({ step: asking('own') });
    await observer.refresh();
    expect(wishes.at(-1)?.paths.slice(0, 16)).toEqual(asking('own').paths);
    expect(wishes.at(-1)?.paths).toHaveLength(32);
  });
  test('[P17] what passed counts for the step that was read then, and for no later one', async () => {
    const passed = makeProcess(70);
    const sawIt: string[] = [];
    const judging = (id: string): CompiledStep => ({
      ...step,
      ref: { ...step.ref, step: id },
      judge: (seen) => {
        if (seen.passed.length > 0) sawIt.push(id);
        return [];
      },
    });
    const first = enter({ step: judging('first') });
    await observer.refresh();
    snapshot = makeSnapshot({ passed: [passed] });
    await observer.refresh();
    readers.delete(first);
    enter({ step: judging('second') });
    await observer.refresh();
    expect(sawIt).toEqual(['first']);
    await observer.refresh();
    expect(sawIt).toEqual(['first', 'second']);
  });
  test('[P17] where nothing has happened a step that is new is judged, and nothing is drawn anew', async () => {
    const judged: string[] = [];
    const drawn: Snapshot[] = [];
    const judging = (id: string): CompiledStep => ({
      ...step,
      ref: { ...step.ref, step: id },
      judge: () => {
        judged.push(id);
        return [];
      },
    });
    const xray = { isOn: true, wantsNetworks: false, show: (seen: Snapshot) => drawn.push(seen) };
    const first = enter({ step: judging('first'), xray });
    await observer.refresh();
    isSame = true;
    expect(await observer.refresh()).toEqual(snapshot);
    expect(judged).toEqual(['first']);
    readers.delete(first);
    enter({ step: judging('second') });
    await observer.refresh();
    expect(judged).toEqual(['first', 'second']);
    expect(drawn).toHaveLength(1);
  });
  test('[P30] while a page draws the lab its networks are looked into when something was done in it', async () => {
    enter({ isLearner: false, xray: { isOn: true, wantsNetworks: false, show: () => undefined } });
    const networks = async (): Promise<boolean | undefined> => {
      await observer.refresh();
      await vi.advanceTimersByTimeAsync(1);
      return wishes.at(-1)?.networks;
    };
    snapshot = makeSnapshot({ networks: {} });
    expect(await networks()).toBe(true);
    isSame = true;
    expect(await networks()).toBe(false);
    expect(await networks()).toBe(false);
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(1);
    isSame = false;
    expect(await networks()).toBe(true);
    // Something ran in the lab, without a word.
    snapshot = makeSnapshot();
    expect(await networks()).toBe(false);
    expect(await networks()).toBe(true);
    // The kernel did not answer.
    expect(await networks()).toBe(true);
  });
  test('[P30] networks are looked into at each look that a page asks it for, or whose step speaks of them', async () => {
    snapshot = makeSnapshot({ networks: {} });
    const xray = { isOn: true, wantsNetworks: true, show: () => undefined };
    enter({ isLearner: false, xray });
    const networks = async (): Promise<boolean | undefined> => {
      await observer.refresh();
      return wishes.at(-1)?.networks;
    };
    expect(await networks()).toBe(true);
    xray.isOn = false;
    expect(await networks()).toBe(false);
    enter({ step: { ...step, wantsNetworks: true } });
    expect(await networks()).toBe(true);
  });
  test('[P30] what only pages ask for is looked at while one does, and no page is shown a look without it', async () => {
    const shown: Snapshot[] = [];
    const xray = { isOn: false, wantsNetworks: false, show: (seen: Snapshot) => shown.push(seen) };
    enter({ step, xray });
    const drawnLooks = (): boolean[] => wishes.map(({ drawn }) => drawn);
    const looking = observer.refresh();
    xray.isOn = true;
    await looking;
    expect(drawnLooks()).toEqual([false]);
    expect(shown).toEqual([]);
    await observer.refresh();
    expect(drawnLooks()).toEqual([false, true]);
    expect(shown).toEqual([snapshot]);
  });

  test('[P28] a lab that is recorded is looked at each second, though nobody is there', async () => {
    const drawn: Snapshot[] = [];
    recordings = { isOn: true, wantsNetworks: false, show: (seen) => void drawn.push(seen) };
    observer.close();
    observer = makeObserver();
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(OBSERVE_AFTER_MS + OBSERVE_SLOWLY_MS);
    expect(drawn).toEqual([snapshot, snapshot]);
    recordings.isOn = false;
    await vi.advanceTimersByTimeAsync(3 * OBSERVE_SLOWLY_MS);
    expect(drawn).toHaveLength(2);
  });
  test('[P17] a terminal that never rests is looked at so often and no more', async () => {
    enter();
    for (let at = 0; at < 10 * OBSERVE_APART_MS; at += 10) {
      observer.handleActivity();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(looks.length).toBeGreaterThanOrEqual(8);
    expect(looks.length).toBeLessThanOrEqual(11);
  });
  test('[P17] what ended while no step was read counts for the step that is read next', async () => {
    const sleeper = makeProcess(50);
    const learner = enter();
    snapshot = makeSnapshot({ processes: [sleeper] });
    observer.handleActivity();
    await vi.advanceTimersByTimeAsync(OBSERVE_AFTER_MS);
    snapshot = makeSnapshot({ exits: [makeExit(sleeper, { signal: 15 })] });
    await vi.advanceTimersByTimeAsync(OBSERVE_SELDOM_MS);
    snapshot = makeSnapshot();
    readers.delete(learner);
    enter({ step });
    await observer.refresh();
    expect([...earned.keys()]).toEqual(['ended']);
  });
});
