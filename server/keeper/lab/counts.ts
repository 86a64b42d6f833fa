// What one lab may have of the things that the kernel counts for each user namespace. Pure. [L16]
import type { LabLimits } from '../../foundation/config.ts';

const namespaces = ['cgroup', 'ipc', 'mnt', 'pid', 'time', 'user', 'uts'];

/** Values of /proc/sys/user by file name (namespaces(7), inotify(7)). */
export function countsOf(limits: LabLimits): Record<string, number> {
  return {
    ...Object.fromEntries(namespaces.map((name) => [`max_${name}_namespaces`, limits.namespaces])),
    max_net_namespaces: limits.networks,
    max_inotify_instances: limits.inotifyInstances,
    max_inotify_watches: limits.inotifyWatches,
  };
}
