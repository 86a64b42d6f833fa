// The lab's PID 1 before it is the lab's init: born in all of the lab's namespaces, it sets up what can only
// be set up inside, goes into the lab's root and becomes a program of the lab. Knows no disk. [L1]
import { mkdirSync, openSync, readSync, rmdirSync, writeFileSync, writeSync } from 'node:fs';
import { messageOf } from '../../foundation/errors.ts';
import { endAfter, execute, exitNow, ignoreEndOfChildren } from '../../kernel/forking.ts';
import { markDescriptorsCloseOnExec } from '../../kernel/libc.ts';
import { bindAll, mount, mountFlags } from '../../kernel/mounts.ts';
import { pivotInto, setHostName, switchLoopbackOn } from '../../kernel/namespaces.ts';
import { becomeUser, makeStandardStreams } from '../../kernel/process-identity.ts';
import type { Hierarchy } from '../cgroups/hierarchies.ts';
import { LAB_PATH } from './lab-path.ts';

/**
 * The lab's PID 1, a link to sleep(1). With SIGCHLD ignored the kernel reaps for it (wait(2)), and nothing from
 * inside ends or stops it, for it catches no signal (pid_namespaces(7)). An init that blocks signals to read
 * them by signalfd gets them: catatonit ended, and the lab with it, by `kill 1`.
 */
export const INIT = { path: '/sbin/init', program: '/usr/bin/sleep' };
/** Its last word when all is well. */
export const SET_UP = 'set up';
/** Directory of the lab, below its root, that pivot_root puts the old root on for a moment. */
export const OLD_ROOT = 'run/.host';

/** Seconds after which a set-up that hangs is ended. */
const ENDS_AFTER_S = 20;

export type FirstProcessOptions = {
  hierarchies: readonly Hierarchy[];
  /** Pipe that ends once this process's ids are mapped. */
  mapped: number;
  /** Pipe for SET_UP, or for what went wrong. */
  say: number;
};

/** Begins in the directory that holds `root`, the lab's new root directory. */
export function becomeFirstProcess({ hierarchies, mapped, say }: FirstProcessOptions): never {
  try {
    endAfter(ENDS_AFTER_S);
    readSync(mapped, Buffer.alloc(1));
    becomeUser(0);
    process.umask(0o022);
    // Mounts that came from keeper's namespace are locked, and pivot_root(2) takes no locked mount.
    bindAll('root', 'root');
    process.chdir('root');
    mountKernelViews();
    mountGroups(hierarchies);
    setHostName('lab');
    switchLoopbackOn();
    writeFileSync('proc/sys/net/ipv4/ping_group_range', '0 65534');
    pivotInto(OLD_ROOT);
    rmdirSync(`/${OLD_ROOT}`);
    makeStandardStreams(openSync('/dev/null', 'r+'));
    markDescriptorsCloseOnExec();
    ignoreEndOfChildren();
    endAfter(0);
    writeSync(say, SET_UP);
    execute(INIT.path, [INIT.path, 'infinity'], { PATH: LAB_PATH });
  } catch (error) {
    writeSync(say, messageOf(error));
  }
  exitNow(1);
}

const inner = mountFlags.nosuid | mountFlags.nodev | mountFlags.noexec;

/**
 * The spare proc and sysfs at /run/lab stay fully visible whatever is mounted below the others: without them
 * the kernel refuses new ones in namespaces below (mount_namespaces(7)).
 */
function mountKernelViews(): void {
  for (const [type, target, more] of [
    ['proc', 'proc', 0],
    ['sysfs', 'sys', 0],
    ['proc', 'run/lab/proc', 0],
    ['sysfs', 'run/lab/sys', mountFlags.readOnly],
    ['mqueue', 'dev/mqueue', 0],
  ] as const) {
    mount(target, { source: type, type, flags: inner | more });
  }
}

function mountGroups(hierarchies: readonly Hierarchy[]): void {
  const top = 'sys/fs/cgroup';
  const isV2Only = hierarchies.every(({ version }) => version === 2);
  if (!isV2Only) {
    mount(top, { source: 'cgroup', type: 'tmpfs', flags: inner, data: 'mode=755,size=64k' });
  }
  for (const { version, controllers } of hierarchies) {
    const names = controllers.join();
    const place = isV2Only ? top : `${top}/${version === 2 ? 'unified' : names}`;
    if (!isV2Only) mkdirSync(place);
    if (version === 1) {
      mount(place, { source: 'cgroup', type: 'cgroup', flags: inner, data: names });
    } else {
      mount(place, { source: 'cgroup', type: 'cgroup2', flags: inner });
      writeFileSync(`${place}/session/cgroup.procs`, '0');
    }
  }
}
