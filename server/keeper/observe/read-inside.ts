// Who a process is in its own user namespace, by the map of that (user_namespaces(7)). Knows no lab but its base id.
import { readAtMost } from '../../kernel/kernel-files.ts';
import type { ObservedProcess } from '../../protocol/snapshot.ts';

/** The kernel takes 340 lines of three numbers. */
const MAP_BYTES = 16 * 1024;
/** Of a user without a number (/proc/sys/kernel/overflowuid). */
const NOBODY = 65_534;

type User = ObservedProcess['user'];

/** `user` as the lab counts. Null when the process is gone. */
export function readInside(
  hostPid: number,
  user: Pick<User, 'real' | 'effective'>,
  base: number,
): User['inside'] {
  try {
    // Whoever opens the file has its own namespace's numbers in the second column.
    const { text } = readAtMost(`/proc/${hostPid}/uid_map`, MAP_BYTES);
    const ranges = text.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    const idOf = (id: number): number => {
      const hostId = base + id;
      const range = ranges.find(
        ([, outside = 0, count = 0]) => hostId >= outside && hostId < outside + count,
      );
      const [inside = 0, outside = 0] = range ?? [];
      return range === undefined ? NOBODY : inside + hostId - outside;
    };
    return { real: idOf(user.real), effective: idOf(user.effective) };
  } catch {
    return null;
  }
}
