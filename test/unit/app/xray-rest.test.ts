// When the x-ray draws a lab at rest: link is silent then, and the last rates and counts must not stay.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { numberNamespaces, type Moment } from '../../../app/lab-client/xray-store.ts';
import { processorUse } from '../../../app/ui/xray/group-use.ts';
import { hasCounted } from '../../../app/ui/xray/say-network.ts';
import { beforeOf, beforePlayed, whenAtRest } from '../../../app/ui/xray/use-before.ts';
import { OBSERVE_SLOWLY_MS } from '../../../server/link/limits.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type { ObservedGroup } from '../../../server/protocol/snapshot.ts';
import { labNamespaces, makeSnapshot } from '../checks/lab-builder.ts';
import { makeLink, makeNetwork } from '../checks/network-builder.ts';

const { net } = labNamespaces;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Told now, of a lab that has worked for so many microseconds and received so many packets. */
function tell(usedMicroseconds: number, packets: number): Moment {
  const processor = { usedMicroseconds, cores: 2, throttled: 0 };
  const group: ObservedGroup = { path: '/', memory: null, processes: null, processor };
  const link = makeLink(1, { received: { bytes: 0, packets } });
  const networks = { [net]: makeNetwork([link]) };
  const view = { ...viewOf(makeSnapshot({ groups: [group] }), networks), at: Date.now() };
  const instances = numberNamespaces(undefined, view);
  return { view, instances, whole: false, changes: [], toldAt: performance.now(), command: 0 };
}

/** What is drawn of a moment, compared with the other. */
function draw(moment: Moment | undefined, before: Moment | undefined) {
  const whole = moment?.view.groups['/'];
  if (moment === undefined || whole === undefined) throw new Error('nothing is drawn');
  const received = (one: Moment | undefined) => one?.view.networks[net]?.links[0]?.received;
  return {
    used: processorUse(whole, whole, { moment, before })?.used,
    moved: hasCounted(received(moment) ?? null, received(before)),
  };
}

const busy = { used: 0.8, moved: true };
const resting = { used: 0, moved: false };

function workForTwoSeconds(): Moment[] {
  return [0, 1, 2].map((second) => {
    if (second > 0) vi.advanceTimersByTime(1_000);
    return tell(second * 800_000, second * 10);
  });
}

test('what was in use and moved is at rest when link was silent for two of its slow looks', () => {
  const moments = workForTwoSeconds();
  const last = moments.at(-1);
  if (last === undefined) throw new Error('nothing was told');
  let rested: Moment | undefined;
  const drawn = () => draw(last, beforeOf(moments, { past: undefined, rested }));
  whenAtRest(last, () => (rested = last));
  vi.advanceTimersByTime(2 * OBSERVE_SLOWLY_MS - 1);
  expect(drawn()).toEqual(busy);
  vi.advanceTimersByTime(1);
  expect(drawn()).toEqual(resting);

  vi.advanceTimersByTime(600_000);
  const next = tell(2_800_000, 30);
  const again = beforeOf([...moments, next], { past: undefined, rested });
  expect(draw(next, again)).toEqual({ used: 0.8, moved: true });
});

test('a moment that is followed by another is not at rest, and one from long ago is at once', () => {
  const [first] = workForTwoSeconds();
  if (first === undefined) throw new Error('nothing was told');
  const seen: string[] = [];
  const callOff = whenAtRest(tell(0, 0), () => seen.push('called off'));
  whenAtRest(first, () => seen.push('from long ago'));
  callOff();
  vi.advanceTimersByTime(0);
  expect(seen).toEqual(['from long ago']);
  vi.advanceTimersByTime(60_000);
  expect(seen).toEqual(['from long ago']);
});

test('a moment of the past is drawn as it was, the newest too, however long ago', () => {
  const moments = workForTwoSeconds();
  const rested = moments.at(-1);
  for (const past of moments.slice(1)) {
    expect(draw(past, beforeOf(moments, { past, rested }))).toEqual(busy);
  }
  const [past] = moments;
  expect(draw(past, beforeOf(moments, { past, rested }))).toEqual(resting);
});

test('what is played of a recording is at rest after as long, at its end, and nowhere else', () => {
  const moments = workForTwoSeconds();
  const index = moments.length - 1;
  const last = moments[index];
  const drawn = (now: number) => draw(last, beforePlayed(moments, { index, now }));
  const toldAt = last?.toldAt ?? 0;
  expect(drawn(toldAt)).toEqual(busy);
  expect(drawn(toldAt + 2 * OBSERVE_SLOWLY_MS - 1)).toEqual(busy);
  expect(drawn(toldAt + 2 * OBSERVE_SLOWLY_MS)).toEqual(resting);
  expect(drawn(Infinity)).toEqual(resting);
  expect(
    draw(moments[0], beforePlayed(moments, { index: 0, now: moments[0]?.toldAt ?? 0 })),
  ).toEqual(resting);
});
