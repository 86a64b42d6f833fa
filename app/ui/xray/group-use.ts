// What a cgroup uses of what it may, as shares of a bar. Pure; knows no element and no language.
import type { ObservedGroup } from '../../../server/protocol/snapshot.ts';
import type { Moment } from '../../lab-client/xray-store.ts';

/** Milliseconds that a rate is over at most. Link looks once a second, a little late at times, and tells nothing
 * where nothing was done: what it tells after silence was done since its last look. */
const LONGEST_MS = 1_500;

export type Use = {
  used: number;
  /** Null where there is no limit. */
  limit: number | null;
  /** From 0 to 1, of the limit or else of what the whole lab may. */
  share: number;
  /** Times that the limit has been felt. */
  felt: number;
};

/** Processors in use between the two moments. */
export function processorUse(
  group: ObservedGroup,
  whole: ObservedGroup | undefined,
  { moment, before }: { moment: Moment; before: Moment | undefined },
): Use | undefined {
  const { processor } = group;
  if (processor === null) return undefined;
  const earlier = before?.view.groups[group.path]?.processor;
  const most = whole?.processor?.cores;
  const told = moment.view.at - (before?.view.at ?? moment.view.at);
  const elapsed = Math.min(told, LONGEST_MS) * 1000;
  const worked = processor.usedMicroseconds - (earlier?.usedMicroseconds ?? Infinity);
  // A page that was hidden hears of the work of minutes at once, and when it was done is not told.
  const isKnown = !moment.whole || told <= LONGEST_MS;
  const used = isKnown && elapsed > 0 && worked > 0 ? worked / elapsed : 0;
  // A late look hears of more work than can be done in the time.
  const possible = Math.min(used, processor.cores ?? most ?? Infinity);
  return shareOf(possible, processor.cores, { most, felt: processor.throttled });
}

export function shareOf(
  used: number,
  limit: number | null,
  { most, felt }: { most: number | null | undefined; felt: number },
): Use {
  const full = limit ?? most;
  const share = full === null || full === undefined || full <= 0 ? 0 : Math.min(1, used / full);
  return { used, limit, share, felt };
}
