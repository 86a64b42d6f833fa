// What a cgroup uses of what it may, as shares of a bar. Pure; knows no element and no language.
import type { ObservedGroup } from '../../../server/protocol/snapshot.ts';
import type { Moment } from '../../lab-client/xray-store.ts';

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
  const elapsed = (moment.view.at - (before?.view.at ?? moment.view.at)) * 1000;
  const worked = processor.usedMicroseconds - (earlier?.usedMicroseconds ?? Infinity);
  const used = elapsed > 0 && worked > 0 ? worked / elapsed : 0;
  return shareOf(used, processor.cores, {
    most: whole?.processor?.cores,
    felt: processor.throttled,
  });
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
