// Limits of cgroups that have newly been hit. Pure; knows no language.
import type { ObservedGroup } from '../../server/protocol/snapshot.ts';
import type { XrayView } from '../../server/protocol/xray.ts';

export type LimitChange = {
  what: 'limit-hit';
  /** Processes were killed for want of memory, forks were refused, or processes had to wait for a processor. */
  limit: 'memory' | 'processes' | 'processor';
  /** Path of the group. */
  group: string;
  /** How often since; of the processor's, which is hit ten times a second, 1 at the first. */
  count: number;
};

export function limitChanges(before: XrayView, after: XrayView): LimitChange[] {
  return Object.values(after.groups).flatMap((group): LimitChange[] => {
    const now = hitsOf(group);
    const earlier = before.groups[group.path];
    // One that was not told may have been hit long ago.
    if (earlier === undefined && before.hidden.groups > 0) return [];
    const then = earlier === undefined ? none : hitsOf(earlier);
    const { path } = group;
    const hits: Hits = {
      memory: risen(then.memory, now.memory),
      processes: risen(then.processes, now.processes),
      processor: then.processor === 0 && now.processor > 0 ? 1 : 0,
    };
    return limits
      .filter((limit) => hits[limit] > 0)
      .map((limit) => ({ what: 'limit-hit', limit, group: path, count: hits[limit] }));
  });
}

const limits = ['memory', 'processes', 'processor'] as const;
type Hits = Record<LimitChange['limit'], number>;
const none: Hits = { memory: 0, processes: 0, processor: 0 };

const hitsOf = ({ memory, processes, processor }: ObservedGroup): Hits => ({
  memory: memory?.kills ?? 0,
  processes: processes?.refused ?? 0,
  processor: processor?.throttled ?? 0,
});

/** A group that was removed and made again counts from nothing. */
const risen = (then: number, now: number): number => (now < then ? now : now - then);
