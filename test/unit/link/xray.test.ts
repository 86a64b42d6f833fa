// What a page is told of a lab: differences that lead to the same view, cut where a lab would fill its pages.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObservedOverlay } from '../../../server/protocol/snapshot-layers.ts';
import type { ObservedNamespace } from '../../../server/protocol/snapshot-namespaces.ts';
import type { Snapshot } from '../../../server/protocol/snapshot.ts';
import {
  applyDiff,
  diffViews,
  xrayMessageSchema,
  type XrayMessage,
} from '../../../server/protocol/xray.ts';
import { SOCKET_HIGH_MARK_BYTES } from '../../../server/protocol/flow-control.ts';
import { XrayFeed } from '../../../server/link/xray-feed.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import {
  labNamespaces,
  makeInside,
  makeProcess,
  makeSnapshot,
  rootfsProcMount,
} from '../checks/lab-builder.ts';
import { makeLink, makeNetwork } from '../checks/network-builder.ts';

const labs = fc
  .record({
    pids: fc.uniqueArray(fc.integer({ min: 40, max: 60 })),
    name: fc.constantFrom('sh', 'sleep'),
    mounts: fc.uniqueArray(fc.integer({ min: 500, max: 510 })),
    layers: fc.uniqueArray(fc.integer({ min: 50, max: 53 })),
    hidden: fc.constantFrom('motd', 'passwd'),
    namespaces: fc.uniqueArray(fc.integer({ min: 700, max: 705 })),
  })
  .map(({ pids, name, mounts, layers, hidden, namespaces }) =>
    makeSnapshot({
      overlays: layers.map((minor) => makeOverlay({ device: `0:${minor}`, whiteouts: [hidden] })),
      namespaces: namespaces.map((id) => makeNamespace(id)),
      processes: pids.map((pid) => makeProcess(pid, { name })),
      mounts: mounts.map((id) => ({ ...rootfsProcMount, id })),
    }),
  );

function makeOverlay({
  device,
  whiteouts,
}: {
  device: string;
  whiteouts: string[];
}): ObservedOverlay {
  return {
    device,
    mounts: [{ namespace: '9', id: 500 }],
    lowers: ['/low'],
    upper: '/up',
    work: '/work',
    holds: { whiteouts, opaques: [], files: [], isCut: false },
  };
}

function makeNamespace(id: number): ObservedNamespace {
  return { kind: 'net', id: String(id), owner: '1', parent: null, keepers: [] };
}

function openFeed(snapshot: Snapshot) {
  const sent: XrayMessage[] = [];
  const socket = { buffered: 0 };
  const feed = new XrayFeed({
    send: (message) => sent.push(xrayMessageSchema.parse(message)),
    bufferedBytes: () => socket.buffered,
    refresh: () => Promise.resolve(snapshot),
  });
  return { feed, sent, socket };
}

describe('[P30] the x-ray', () => {
  test('differences lead from any view to any other', () => {
    fc.assert(
      fc.property(fc.array(labs, { minLength: 2, maxLength: 5 }), (snapshots) => {
        const views = snapshots.map((snapshot) => viewOf(snapshot));
        let shown = undefined;
        for (const [index, view] of views.entries()) {
          const message = diffViews(shown, view);
          if (message !== undefined) shown = applyDiff(shown, xrayMessageSchema.parse(message));
          expect(shown, `view ${index}`).toEqual({ ...view, at: shown?.at });
        }
      }),
    );
  });

  test('the first message is whole, the next holds what has changed, and none is sent for nothing', async () => {
    const before = makeSnapshot({ processes: [makeProcess(50)] });
    const { feed, sent } = openFeed(before);
    feed.show(before);
    expect(sent).toEqual([]);
    feed.turn(true, false);
    await Promise.resolve();
    feed.show(before);
    const child = makeInside(60, 1);
    feed.show(makeSnapshot({ processes: [child] }));
    expect(sent.map(({ whole }) => whole)).toEqual([true, false]);
    expect(sent[1]?.processes).toEqual({ set: { '60:1060': child }, gone: ['50:1050'] });
    expect(JSON.stringify(sent[1]).length).toBeLessThan(4096);
    feed.turn(false, false);
    feed.show(before);
    expect(sent).toHaveLength(2);
  });

  test('networks are wanted until they were sent, then at each look or not; they stay where none was asked', async () => {
    const known = makeSnapshot({ networks: { [labNamespaces.net]: makeNetwork([makeLink(1)]) } });
    const { feed, sent } = openFeed(makeSnapshot());
    feed.turn(true, false);
    await Promise.resolve();
    expect(feed.wantsNetworks).toBe(true);
    expect(sent[0]?.networks.set).toEqual({});
    feed.show(known);
    expect(feed.wantsNetworks).toBe(false);
    expect(sent[1]).toMatchObject({ whole: false, networks: { set: known.networks } });
    feed.turn(true, true);
    expect(feed.wantsNetworks).toBe(true);
    await Promise.resolve();
    feed.show(makeSnapshot());
    feed.turn(true, false);
    await Promise.resolve();
    expect(feed.wantsNetworks).toBe(false);
    expect(sent).toHaveLength(2);
    feed.show(makeSnapshot({ networks: {} }));
    expect(sent[2]?.networks).toEqual({ set: {}, gone: [labNamespaces.net] });
    feed.turn(false, false);
    feed.turn(true, false);
    await Promise.resolve();
    expect(feed.wantsNetworks).toBe(true);
    expect(sent[3]?.whole).toBe(true);
  });

  test('a lab at rest has nothing new to say, though its use moves a little', async () => {
    const rest = (used: number, usedMicroseconds: number): Snapshot =>
      makeSnapshot({
        groups: [
          {
            path: '/',
            memory: { used, limit: 2 ** 28, kills: 0 },
            processes: null,
            processor: { usedMicroseconds, cores: 1, throttled: 0 },
          },
        ],
      });
    const { feed, sent } = openFeed(rest(2 ** 24, 1_000_000));
    feed.turn(true, false);
    await Promise.resolve();
    feed.show(rest(2 ** 24 + 4096, 1_000_900));
    expect(sent).toHaveLength(1);
    feed.show(rest(2 ** 25, 1_000_900));
    expect(Object.keys(sent[1]?.groups.set ?? {})).toEqual(['/']);
  });

  test('a new whiteout is one entry; names that are as long as can be are cut', async () => {
    const long = '/'.padEnd(4000, 'x');
    const before = makeSnapshot({ overlays: [makeOverlay({ device: '0:50', whiteouts: [] })] });
    const { feed, sent } = openFeed(before);
    feed.turn(true, false);
    await Promise.resolve();
    const overlays = [{ ...makeOverlay({ device: '0:50', whiteouts: [long] }), upper: long }];
    const target = { by: 'mount' as const, namespace: '9', target: long };
    const namespaces = [{ ...makeNamespace(700), keepers: [target] }];
    feed.show(makeSnapshot({ overlays, namespaces }));
    expect(Object.keys(sent[1]?.overlays.set ?? {})).toEqual(['0:50']);
    expect(Object.keys(sent[1]?.namespaces.set ?? {})).toEqual(['net:700']);
    expect(sent[1]?.processes).toEqual({ set: {}, gone: [] });
    expect(JSON.stringify(sent[1]).length).toBeLessThan(4096);
  });

  test('a page that takes nothing is sent nothing, and then all that has changed meanwhile', async () => {
    const { feed, sent, socket } = openFeed(makeSnapshot());
    feed.turn(true, false);
    await Promise.resolve();
    socket.buffered = SOCKET_HIGH_MARK_BYTES + 1;
    feed.show(makeSnapshot({ processes: [makeProcess(50)] }));
    socket.buffered = 0;
    feed.show(makeSnapshot({ processes: [makeProcess(50), makeProcess(51)] }));
    expect(sent).toHaveLength(2);
    expect(Object.keys(sent[1]?.processes.set ?? {})).toEqual(['50:1050', '51:1051']);
  });

  test('of a fork bomb the oldest are sent and the others counted; long texts are cut', () => {
    const processes = Array.from({ length: 500 }, (_, index) =>
      makeProcess(100 + index, { command: Array.from({ length: 32 }, () => 'x'.repeat(256)) }),
    );
    const view = viewOf(makeSnapshot({ processes: processes.toReversed() }));
    expect(Object.keys(view.processes)).toHaveLength(160);
    expect(view.hidden.processes).toBe(342);
    expect(viewOf(makeSnapshot({ moreOverlays: 5 })).hidden.overlays).toBe(5);
    expect(viewOf(makeSnapshot({ moreGroups: 7 })).hidden.groups).toBe(7);
    const namespaces = Array.from({ length: 130 }, (_, index) => makeNamespace(700 + index));
    const many = viewOf(makeSnapshot({ namespaces, moreNamespaces: 10 }));
    expect(Object.keys(many.namespaces)).toHaveLength(128);
    expect(many.hidden.namespaces).toBe(12);
    expect(view.processes['100:1100']?.command.join(' ').length).toBeLessThan(260);
    expect(JSON.stringify(diffViews(undefined, view)).length).toBeLessThan(256 * 1024);
  });
});
