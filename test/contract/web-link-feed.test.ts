// What web does with what link tells it: store, acknowledge, come back.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { join } from 'node:path';
import type { Earned } from '../../server/protocol/peer-messages.ts';
import { socketNames } from '../../server/foundation/child-setup.ts';
import { LinkFeed } from '../../server/web/link-feed.ts';
import { newLabId, newLearnerId } from '../../server/foundation/random-id.ts';
import { openSqliteStore } from '../../server/web/store/sqlite-store.ts';
import type { Store } from '../../server/web/store/store.ts';
import { listenAsLink, silentLog, temporaryDirectory } from '../unit/web/web-under-test.ts';

const learner = newLearnerId();

function anEarned(sequence: number): Earned {
  return {
    sequence,
    learner,
    lab: newLabId(),
    step: { course: 'inside-docker', version: 3, chapter: 'chroot', step: 'unpack' },
    check: `check-${sequence}`,
    seen: {},
    at: sequence,
  };
}

function startFeed(
  directory: string,
  change: (store: Store) => Pick<Store, 'recordEarned'> = (s) => s,
) {
  const store = openSqliteStore(join(directory, 'progress.sqlite'));
  const feed = new LinkFeed({
    path: join(directory, socketNames.link),
    store: change(store),
    log: silentLog,
  });
  onTestFinished(async () => {
    await feed.close();
    await store.close();
  });
  return { feed, store };
}

const checksIn = async (store: Store) =>
  (await store.readProgress(learner, 'inside-docker', 3)).map((one) => one.check);

describe('the feed from link', () => {
  it('stores what was earned and then acknowledges it, in order', async () => {
    const directory = temporaryDirectory();
    const link = await listenAsLink(directory);
    const { store } = startFeed(directory);
    await vi.waitUntil(link.isConnected);
    for (const sequence of [1, 2, 3]) link.tell({ type: 'earned', earned: anEarned(sequence) });
    await vi.waitUntil(() => link.acknowledged.length === 3);
    expect(link.acknowledged.map((one) => one.sequence)).toEqual([1, 2, 3]);
    expect(await checksIn(store)).toEqual(['check-1', 'check-2', 'check-3']);
  });

  it('acknowledges again what it has already, and keeps it once', async () => {
    const directory = temporaryDirectory();
    const link = await listenAsLink(directory);
    const { store } = startFeed(directory);
    await vi.waitUntil(link.isConnected);
    link.tell({ type: 'earned', earned: anEarned(1) });
    link.tell({ type: 'earned', earned: anEarned(1) });
    await vi.waitUntil(() => link.acknowledged.length === 2);
    expect(await checksIn(store)).toEqual(['check-1']);
  });

  it('finds a link that starts later, and one that starts again', async () => {
    const directory = temporaryDirectory();
    const { feed } = startFeed(directory);
    const first = await listenAsLink(directory);
    await vi.waitUntil(first.isConnected, { timeout: 5_000 });
    await first.close();
    const second = await listenAsLink(directory);
    await vi.waitUntil(second.isConnected, { timeout: 5_000 });
    second.tell({ type: 'occupancy', labs: 1, capacity: 2, waiting: 0, ready: true });
    await vi.waitUntil(() => feed.occupancy() !== undefined);
    expect(feed.occupancy()).toEqual({ labs: 1, capacity: 2, waiting: 0, ready: true });
  });

  it('forgets how full the lab host is as soon as link is gone', async () => {
    const directory = temporaryDirectory();
    const link = await listenAsLink(directory);
    const { feed } = startFeed(directory);
    await vi.waitUntil(link.isConnected);
    link.tell({ type: 'occupancy', labs: 1, capacity: 2, waiting: 0, ready: true });
    await vi.waitUntil(() => feed.occupancy()?.labs === 1);
    link.hangUp();
    await vi.waitFor(() => expect(feed.occupancy()).toBeUndefined());
  });

  it.each([
    ['an unknown type', '{"type":"surprise"}\n'],
    [
      'an unknown key',
      '{"type":"occupancy","labs":1,"capacity":1,"waiting":0,"ready":true,"x":1}\n',
    ],
    ['what is no JSON', 'earned!\n'],
  ])('hangs up on %s, and comes back', async (_, line) => {
    const directory = temporaryDirectory();
    const link = await listenAsLink(directory);
    startFeed(directory);
    await vi.waitUntil(link.isConnected);
    link.tellRaw(line);
    await vi.waitUntil(() => link.connections() === 2, { timeout: 5_000 });
    expect(link.acknowledged).toEqual([]);
  });

  it('acknowledges nothing that the store refused, nor what came after it', async () => {
    const directory = temporaryDirectory();
    const link = await listenAsLink(directory);
    const tried: number[] = [];
    const { store } = startFeed(directory, (real) => ({
      recordEarned: (earned) => {
        tried.push(earned.sequence);
        return earned.sequence === 2
          ? Promise.reject(new Error('full'))
          : real.recordEarned(earned);
      },
    }));
    await vi.waitUntil(link.isConnected);
    for (const sequence of [1, 2, 3]) link.tell({ type: 'earned', earned: anEarned(sequence) });
    await vi.waitUntil(() => !link.isConnected());
    expect(tried).toEqual([1, 2]);
    expect(link.acknowledged).toEqual([{ type: 'stored', sequence: 1 }]);
    expect(await checksIn(store)).toEqual(['check-1']);
  });

  it('stops without a timer or a connection left', async () => {
    const directory = temporaryDirectory();
    const { feed } = startFeed(directory);
    await feed.close();
    const link = await listenAsLink(directory);
    await new Promise((resolve) => setImmediate(resolve));
    expect(link.connections()).toBe(0);
  });
});
