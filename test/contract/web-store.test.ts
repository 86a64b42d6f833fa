// What every store must do, asked of each kind there is.
import { describe, expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import type { Earned } from '../../server/protocol/peer-messages.ts';
import { newLabId, newLearnerId } from '../../server/foundation/random-id.ts';
import type { Store } from '../../server/web/store/store.ts';
import { openSqliteStore } from '../../server/web/store/sqlite-store.ts';
import { temporaryDirectory } from '../unit/web/web-under-test.ts';

type Kind = {
  name: string;
  /** Opens a store at a place of its own; `reopen` closes it and opens it again. */
  open: () => { store: Store; reopen: () => Promise<Store> };
};

const kinds: Kind[] = [
  {
    name: 'SQLite',
    open() {
      const path = join(temporaryDirectory(), 'progress.sqlite');
      let store = openSqliteStore(path);
      onTestFinished(() => store.close());
      return {
        store,
        reopen: async () => {
          await store.close();
          store = openSqliteStore(path);
          return store;
        },
      };
    },
  },
];

const at = Date.UTC(2027, 0, 1);

function anEarned(learner: string, change: Partial<Earned> = {}): Earned {
  return {
    sequence: 1,
    learner,
    lab: newLabId(),
    step: { course: 'inside-docker', version: 3, chapter: 'pid-namespace', step: 'first-shell' },
    check: 'pid-one',
    seen: { pid: '4242' },
    at,
    ...change,
  };
}

describe.each(kinds)('a $name store', ({ open }) => {
  it('gives a learner the lab that was proposed, and the same one afterwards', async () => {
    const { store } = open();
    const learner = newLearnerId();
    const first = newLabId();
    expect(await store.takeLab({ learner, candidate: first, fresh: false, at })).toBe(first);
    const again = { learner, candidate: newLabId(), fresh: false, at: at + 1 };
    expect(await store.takeLab(again)).toBe(first);
  });

  it('gives another lab to a learner who wants a fresh one, even within one millisecond', async () => {
    const { store } = open();
    const learner = newLearnerId();
    const [first, second] = [newLabId(), newLabId()];
    await store.takeLab({ learner, candidate: first, fresh: false, at });
    expect(await store.takeLab({ learner, candidate: second, fresh: true, at })).toBe(second);
    const again = { learner, candidate: newLabId(), fresh: false, at };
    expect(await store.takeLab(again)).toBe(second);
  });

  it('knows whose a lab is, also after it was replaced', async () => {
    const { store } = open();
    const [learner, other] = [newLearnerId(), newLearnerId()];
    const [old, current] = [newLabId(), newLabId()];
    await store.takeLab({ learner, candidate: old, fresh: false, at });
    await store.takeLab({ learner, candidate: current, fresh: true, at });
    expect(await store.ownsLab(learner, old)).toBe(true);
    expect(await store.ownsLab(learner, current)).toBe(true);
    expect(await store.ownsLab(other, current)).toBe(false);
    expect(await store.ownsLab(learner, newLabId())).toBe(false);
  });

  it('keeps what was earned, with its parameters and its moment', async () => {
    const { store, reopen } = open();
    const learner = newLearnerId();
    await store.recordEarned(anEarned(learner, { at: at + 0.25, seen: { nom: 'é"\'\u0000' } }));
    const reopened = await reopen();
    expect(await reopened.readProgress(learner, 'inside-docker', 3)).toEqual([
      {
        chapter: 'pid-namespace',
        step: 'first-shell',
        check: 'pid-one',
        seen: { nom: 'é"\'\u0000' },
        at: at + 0.25,
      },
    ]);
  });

  it('keeps the first of two reports of one check', async () => {
    const { store } = open();
    const learner = newLearnerId();
    await store.recordEarned(anEarned(learner));
    await store.recordEarned(anEarned(learner, { sequence: 9, at: at + 9, seen: { pid: '1' } }));
    const earned = await store.readProgress(learner, 'inside-docker', 3);
    expect(earned.map((one) => [one.seen, one.at])).toEqual([[{ pid: '4242' }, at]]);
  });

  it('gives progress in the order in which it was earned', async () => {
    const { store } = open();
    const learner = newLearnerId();
    await store.recordEarned(anEarned(learner, { check: 'a', at: at + 2 }));
    await store.recordEarned(anEarned(learner, { check: 'z', at: at + 1 }));
    const earned = await store.readProgress(learner, 'inside-docker', 3);
    expect(earned.map((one) => one.check)).toEqual(['z', 'a']);
  });

  it('keeps learners, courses and versions of a course apart', async () => {
    const { store } = open();
    const [learner, other] = [newLearnerId(), newLearnerId()];
    await store.recordEarned(anEarned(learner));
    expect(await store.readProgress(other, 'inside-docker', 3)).toEqual([]);
    expect(await store.readProgress(learner, 'other-course', 3)).toEqual([]);
    expect(await store.readProgress(learner, 'inside-docker', 4)).toEqual([]);
    expect(await store.readProgress(learner, 'inside-docker', 3)).toHaveLength(1);
  });

  it('takes progress of a learner it never saw: the cookie outlives a lost store', async () => {
    const { store } = open();
    const learner = newLearnerId();
    await store.recordEarned(anEarned(learner));
    expect(await store.readProgress(learner, 'inside-docker', 3)).toHaveLength(1);
  });

  it('can be closed twice', async () => {
    const { store } = open();
    await store.close();
    await expect(store.close()).resolves.toBeUndefined();
  });
});
