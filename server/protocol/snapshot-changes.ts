// A snapshot told by what is different from an earlier one: of most labs a process or two in twenty change from one
// look to the next. keeper takes the changes, link puts the snapshot together again. Knows no socket.
import { z } from 'zod';
import { processSchema, snapshotSchema, type ObservedProcess, type Snapshot } from './snapshot.ts';

/** Stands for the next of those that are new or different. */
const CHANGED = -1;

export const snapshotChangesSchema = snapshotSchema.extend({
  processes: z.strictObject({
    /** In the order of the snapshot: the place that each had in the earlier one, or -1 for the next of `changed`. */
    places: z.array(z.int().min(CHANGED)).max(1024),
    changed: z.array(processSchema).max(1024),
  }),
  /** Only of mount namespaces of which something is different. */
  mounts: snapshotSchema.shape.mounts,
  /** Mount namespaces whose mounts are those of the earlier snapshot. */
  sameMounts: z.array(z.string()),
});
export type SnapshotChanges = z.infer<typeof snapshotChangesSchema>;

/** What is the very same object as in the earlier snapshot counts as the same. */
export function takeChanges(earlier: Snapshot, snapshot: Snapshot): SnapshotChanges {
  const placeOf = new Map(earlier.processes.map((process, place) => [process, place]));
  const changed: ObservedProcess[] = [];
  const places = snapshot.processes.map((process) => {
    const place = placeOf.get(process);
    if (place === undefined) changed.push(process);
    return place ?? CHANGED;
  });
  const namespaces = Object.entries(snapshot.mounts);
  const isSame = ([id, mounts]: (typeof namespaces)[number]): boolean =>
    earlier.mounts[id] === mounts;
  return {
    ...snapshot,
    processes: { places, changed },
    mounts: Object.fromEntries(namespaces.filter((one) => !isSame(one))),
    sameMounts: namespaces.filter(isSame).map(([id]) => id),
  };
}

/** The snapshot that the changes were taken of. Throws when they were not taken from this earlier one. */
export function applyChanges(
  earlier: Snapshot,
  { sameMounts, ...changes }: SnapshotChanges,
): Snapshot {
  const { places, changed } = changes.processes;
  let next = 0;
  const processes = places.map((place) => {
    const process = place === CHANGED ? changed[next++] : earlier.processes[place];
    if (process === undefined) throw new Error('changes speak of a process that is not known');
    return process;
  });
  const same = sameMounts.map((id) => {
    const mounts = earlier.mounts[id];
    if (mounts === undefined) throw new Error('changes speak of mounts that are not known');
    return [id, mounts] as const;
  });
  return { ...changes, processes, mounts: { ...Object.fromEntries(same), ...changes.mounts } };
}
