// Probes of what limits stand on besides memory, processes and processor time: the bandwidth of disks, and
// what the kernel counts for the whole machine.
import { DiskThrottle } from '../cgroups/disk-throttle.ts';
import { findHierarchies } from '../cgroups/hierarchies.ts';
import { quickMoves } from '../cgroups/quick-moves.ts';
import { canRaise, machineCounts, sysctlOf, tooLow } from '../machine-counts.ts';
import { trackedConnections } from '../tracked-connections.ts';
import type { Probe } from './finding.ts';

const MiB = 1024 * 1024;

export const limitProbes: readonly Probe[] = [
  {
    id: 'disk-bandwidth',
    thing: 'limits of disk bandwidth',
    required: false,
    tested: 'looked for the controller io (v2), or the throttle files of blkio (v1)',
    cost: 'a lab can take the whole bandwidth of the disk',
    remedy:
      'Use a kernel with CONFIG_BLK_DEV_THROTTLING, and mount cgroup v2 or the v1 hierarchy blkio.',
    look: ({ limits }) => {
      const throttle = new DiskThrottle(findHierarchies(), limits);
      if (throttle.kind === 'none') throw new Error('neither is offered');
      return throttle.kind;
    },
  },
  {
    id: 'machine-counts',
    thing: 'room in what the kernel counts for all labs together',
    required: false,
    tested: 'read pty.max, pid_max, file-max, inotify and namespaces below /proc/sys',
    cost: 'with many labs the last ones get fewer terminals, processes or namespaces than they may have',
    remedy: 'Let keeper write /proc/sys, or set with sysctl what is named here.',
    look: ({ labs, limits }) => {
      const low = tooLow(machineCounts({ labs, limits }));
      const stuck = low.filter((count) => !canRaise(count));
      if (stuck.length > 0) throw new Error(`read-only: ${stuck.map(sysctlOf).join(' ')}`);
      if (low.length === 0) return `enough for ${labs} labs`;
      return `raised when keeper starts: ${low.map(sysctlOf).join(' ')}`;
    },
  },
  {
    id: 'tracked-connections',
    thing: 'a bound of the connections that a lab has tracked',
    required: false,
    tested:
      'multiplied nf_conntrack_max by the network namespaces of a lab and by the size of an entry',
    cost: 'a hostile lab can take more memory of the lab host than its own, which is charged to nobody',
    remedy:
      'Set with sysctl what is named here, unless this machine itself tracks more; or lower COULISSE_LAB_NETWORKS.',
    look: ({ limits }) => {
      const tracked = trackedConnections(limits);
      if (tracked === undefined) return 'none are tracked';
      const atWorst = `${Math.ceil(tracked.bytes / MiB)} MiB at worst`;
      if (tracked.bytes <= limits.memoryBytes) return atWorst;
      throw new Error(`${atWorst}: net.netfilter.nf_conntrack_max=${tracked.enough}`);
    },
  },
  {
    id: 'quick-moves',
    thing: 'quick moves between cgroups',
    required: false,
    tested: 'asked the kernel whether cgroup v2 takes the option favordynmods',
    cost: 'a lab that is not warm, and a terminal after a pause, start some 10 ms later',
    remedy: 'Use Linux 6.0 or later, and mount cgroup v2 (its controllers may stay with v1).',
    look: () => {
      const found = quickMoves();
      if (found === 'on') return 'on already';
      if (found === 'possible') return 'switched on while keeper runs';
      throw new Error(found);
    },
  },
];
