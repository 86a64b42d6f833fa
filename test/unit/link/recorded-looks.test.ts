// Networks in a recording: what is written of them, how often, and when a recording asks for them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LabRecordings } from '../../../server/link/recording/lab-recordings.ts';
import { RecordedLooks } from '../../../server/link/recording/recorded-looks.ts';
import type { ObservedLink } from '../../../server/protocol/network.ts';
import type { ObservedProcess, Snapshot } from '../../../server/protocol/snapshot.ts';
import { applyDiff, xrayMessageSchema, type XrayView } from '../../../server/protocol/xray.ts';
import { labNamespaces, makeProcess, makeSnapshot } from '../checks/lab-builder.ts';
import { makeLink, makeNetwork } from '../checks/network-builder.ts';

const { net } = labNamespaces;

/** A lab in which `packets` have gone through a device. */
function withTraffic(
  packets: number,
  { link, processes = [] }: { link?: Partial<ObservedLink>; processes?: ObservedProcess[] },
): Snapshot {
  const count = { packets, bytes: packets * 84 };
  const networks = { [net]: makeNetwork([makeLink(2, { sent: count, received: count, ...link })]) };
  return makeSnapshot({ networks, processes });
}

function viewAfter(view: XrayView | undefined, line: string): XrayView | undefined {
  if (line === '') return view;
  const [, , data] = JSON.parse(line) as [number, string, string];
  return applyDiff(view, xrayMessageSchema.parse(JSON.parse(data)));
}

describe('[P28] networks in a recording', () => {
  const sentOf = (view: XrayView | undefined) => view?.networks[net]?.links[0]?.sent.packets;

  test('are there as they were; a look without them leaves them as they are', () => {
    const looks = new RecordedLooks(100_000);
    const first = withTraffic(3, {});
    let view = viewAfter(undefined, looks.line(0, first));
    expect(view?.networks).toEqual(first.networks);
    view = viewAfter(view, looks.line(1_000, makeSnapshot({ processes: [makeProcess(50)] })));
    expect(Object.keys(view?.processes ?? {})).toContain('50:1050');
    expect(view?.networks).toEqual(first.networks);
    view = viewAfter(view, looks.line(2_000, makeSnapshot({ networks: {} })));
    expect(view?.networks).toEqual({});
  });

  test('an hour of traffic is counted each five seconds, and takes no more than that', () => {
    const looks = new RecordedLooks(10_000_000);
    const lines = Array.from({ length: 3_600 }, (_unused, second) =>
      looks.line(second * 1_000, withTraffic(second, {})),
    );
    expect(lines.filter((line) => line !== '')).toHaveLength(720);
    const last = lines.reduce<XrayView | undefined>(
      (view, line) => viewAfter(view, line),
      undefined,
    );
    expect(sentOf(last)).toBe(3_595);
  });

  test('what has been counted is told at once when a device changes, or a process begins or ends', () => {
    const looks = new RecordedLooks(100_000);
    const ping = [makeProcess(50, { name: 'ping' })];
    let view = viewAfter(undefined, looks.line(0, withTraffic(0, { processes: ping })));
    expect(looks.line(1_000, withTraffic(1, { processes: ping }))).toBe('');
    const off = { processes: ping, link: { up: false } };
    view = viewAfter(view, looks.line(2_000, withTraffic(2, off)));
    expect(sentOf(view)).toBe(2);
    expect(looks.line(3_000, withTraffic(3, off))).toBe('');
    view = viewAfter(view, looks.line(4_000, withTraffic(4, { link: { up: false } })));
    expect(view?.processes['50:1050']).toBeUndefined();
    expect(sentOf(view)).toBe(4);
  });
});

describe('[P28] a recording asks for networks', () => {
  const size = { cols: 80, rows: 24 };
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'looks-'));
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(directory, { recursive: true });
  });

  test('only while it goes on, and each five seconds', () => {
    const recordings = new LabRecordings({
      directory,
      limit: 100_000,
      changed: () => undefined,
      removed: () => undefined,
      noted: () => undefined,
    });
    const isWanted = () => recordings.wantsNetworks;
    const look = () => recordings.show({ ...withTraffic(0, {}), at: Date.now() });
    expect(isWanted()).toBe(false);
    recordings.start(1, size);
    expect(isWanted()).toBe(true);
    vi.advanceTimersByTime(10);
    look();
    expect(isWanted()).toBe(false);
    recordings.show({ ...makeSnapshot(), at: Date.now() + 4_000 });
    vi.advanceTimersByTime(4_999);
    expect(isWanted()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isWanted()).toBe(true);
    look();
    expect(isWanted()).toBe(false);
    // The clock was set back.
    vi.setSystemTime(500_000);
    expect(isWanted()).toBe(true);
    recordings.stop(1);
    expect(isWanted()).toBe(false);
  });
});
