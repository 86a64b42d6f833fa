// The lab's PID 1 before it is the lab's init: born in all of the lab's namespaces, it sets up what can only
// be set up inside, goes into the lab's root and becomes a program of the lab. Knows no disk. [L1]
import type { CallList } from '../../kernel/call-program.ts';
import {
  announce,
  becomeUser,
  changeDirectory,
  endAfter,
  execute,
  ignoreEndOfChildren,
  keepDirectory,
  makeDirectory,
  mount,
  pivotInto,
  setHostName,
  switchLoopbackOn,
  takeNothing,
  waitFor,
  writeText,
} from '../../kernel/child-calls.ts';
import { mountFlags } from '../../kernel/mounts.ts';
import type { Hierarchy } from '../cgroups/hierarchies.ts';
import { LAB_PATH } from './lab-path.ts';
import { ENDS_AFTER_S } from './limits.ts';

/**
 * The lab's PID 1, a link to sleep(1). With SIGCHLD ignored the kernel reaps for it (wait(2)), and nothing from
 * inside ends or stops it, for it catches no signal (pid_namespaces(7)). An init that blocks signals to read
 * them by signalfd gets them: catatonit ended, and the lab with it, by `kill 1`.
 */
export const INIT = { path: '/sbin/init', program: '/usr/bin/sleep' };
/** Directory of the lab, below its root, that pivot_root puts the old root on for a moment. */
export const OLD_ROOT = 'run/.host';

/** What the maker and PID 1 wait for each other by: descriptors of eventfd(2). */
export type Signals = { isBorn: number; isMapped: number };

/** Begins in the directory that holds `root`, the lab's new root directory. */
export function becomeFirstProcess(
  list: CallList,
  { hierarchies, signals }: { hierarchies: readonly Hierarchy[]; signals: Signals },
): void {
  endAfter(list, ENDS_AFTER_S);
  // Its maker has the same descriptors until this becomes the lab's init, and maps its ids.
  keepDirectory(list, '/proc/self');
  announce(list, signals.isBorn);
  waitFor(list, signals.isMapped);
  becomeUser(list, 0);
  // Mounts that came from keeper's namespace are locked, and pivot_root(2) takes no locked mount.
  mount(list, 'root', { source: 'root', flags: mountFlags.bind | mountFlags.recursive });
  changeDirectory(list, 'root');
  mountKernelViews(list);
  mountGroups(list, hierarchies);
  list.call('umask', [0o022]);
  setHostName(list, 'lab');
  switchLoopbackOn(list);
  writeText(list, 'proc/sys/net/ipv4/ping_group_range', '0 65534');
  pivotInto(list, OLD_ROOT);
  takeNothing(list);
  ignoreEndOfChildren(list);
  list.tell();
  execute(list, {
    path: INIT.path,
    args: [INIT.path, 'infinity'],
    environment: { PATH: LAB_PATH },
  });
}

const inner = mountFlags.nosuid | mountFlags.nodev | mountFlags.noexec;

/**
 * The spare proc and sysfs at /run/lab stay fully visible whatever is mounted below the others: without them
 * the kernel refuses new ones in namespaces below (mount_namespaces(7)).
 */
function mountKernelViews(list: CallList): void {
  for (const [type, target, more] of [
    ['proc', 'proc', 0],
    ['sysfs', 'sys', 0],
    ['proc', 'run/lab/proc', 0],
    ['sysfs', 'run/lab/sys', mountFlags.readOnly],
    ['mqueue', 'dev/mqueue', 0],
  ] as const) {
    mount(list, target, { source: type, type, flags: inner | more });
  }
}

function mountGroups(list: CallList, hierarchies: readonly Hierarchy[]): void {
  const top = 'sys/fs/cgroup';
  const isV2Only = hierarchies.every(({ version }) => version === 2);
  if (!isV2Only) {
    mount(list, top, { source: 'cgroup', type: 'tmpfs', flags: inner, data: 'mode=755,size=64k' });
  }
  for (const { version, controllers } of hierarchies) {
    const names = controllers.join();
    const place = isV2Only ? top : `${top}/${version === 2 ? 'unified' : names}`;
    if (!isV2Only) makeDirectory(list, place, 0o755);
    if (version === 1) {
      mount(list, place, { source: 'cgroup', type: 'cgroup', flags: inner, data: names });
    } else {
      mount(list, place, { source: 'cgroup', type: 'cgroup2', flags: inner });
      writeText(list, `${place}/session/cgroup.procs`, '0');
    }
  }
}
