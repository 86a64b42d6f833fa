// Starts the first processes of a lab: util-linux makes the namespaces, a short script of the static
// busybox sets them up as the lab's mapped root, and then becomes the lab's own init. Knows no disk. [L1]
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { exactEnvironment } from '../../foundation/environment.ts';
import { ExplainedError } from '../../foundation/errors.ts';
import type { Hierarchy } from '../cgroups/hierarchies.ts';
import { IDS_PER_SLOT, writeIdMaps, type Slot } from './slots.ts';

/** Milliseconds within which the set-up must end; it takes about 30. */
const SETUP_WITHIN_MS = 20_000;
/** After this much output of a failing set-up the rest is cut. */
const COMPLAINT_BYTES = 2000;

export const LAB_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const BUSYBOX = '/bin/busybox';
/**
 * The lab's PID 1, a link to sleep(1). With SIGCHLD ignored the kernel reaps for it (wait(2)), and nothing from
 * inside ends or stops it, for it catches no signal (pid_namespaces(7)). An init that blocks signals to read
 * them by signalfd gets them: catatonit ended, and the lab with it, by `kill 1`.
 */
export const INIT = { path: '/sbin/init', program: '/usr/bin/sleep' };

/** Joins the cgroups, then waits, in a new user namespace, for its maps. */
const joinScript = [
  'echo 500 > /proc/self/oom_score_adj',
  'for file in "$@"; do echo 0 > "$file" || exit 1; done',
  `exec /usr/bin/unshare --user --keep-caps ${BUSYBOX} sh -c 'eval "$NEXT"'`,
].join('\n');

/** With maps written: becomes the lab's root and unshares everything else. */
const unshareScript = [
  'echo mapped?',
  'read answer',
  'exec /usr/bin/unshare --setuid 0 --setgid 0 --mount --propagation private --pid --net --uts --ipc --cgroup' +
    ` --time --fork ${BUSYBOX} sh -c 'eval "$SETUP"'`,
].join('\n');

/**
 * What can only be done inside. The root is bound onto itself because mounts that came from keeper's
 * namespace are locked, and pivot_root(2) takes no locked mount. The spare proc and sysfs at /run/lab stay
 * fully visible: without them the kernel refuses new ones in namespaces below (mount_namespaces(7)).
 */
function setupScript(hierarchies: readonly Hierarchy[]): string {
  const v2 = hierarchies.some((hierarchy) => hierarchy.version === 2);
  const isV2Only = hierarchies.length === 1 && v2;
  const groups = hierarchies.map((hierarchy) => cgroupMount(hierarchy, isV2Only));
  const lines = [
    'set -e',
    'umask 022',
    'mount -o rbind root root',
    'cd -P root',
    'mkdir -p run/lab/proc run/lab/sys run/lock run/netns run/.host',
    ...mountAll([
      { type: 'proc', place: 'proc' },
      { type: 'sysfs', place: 'sys' },
      { type: 'proc', place: 'run/lab/proc' },
      { type: 'sysfs', place: 'run/lab/sys', options: 'ro' },
      { type: 'mqueue', place: 'dev/mqueue' },
      ...(isV2Only
        ? []
        : [{ type: 'tmpfs', place: 'sys/fs/cgroup', options: 'mode=755,size=64k' }]),
    ]),
    'chmod 700 run/lab',
    ...(isV2Only ? [] : [`mkdir ${groups.map(({ place }) => place).join(' ')}`]),
    ...mountAll(groups),
    ...groups.flatMap(({ type, place }) =>
      type === 'cgroup2' ? [`echo 0 > ${place}/session/cgroup.procs`] : [],
    ),
    'hostname lab',
    'ip link set lo up',
    'echo "0 65534" > proc/sys/net/ipv4/ping_group_range',
    'pivot_root . run/.host',
    'cd /',
    'umount -l /run/.host',
    'rmdir /run/.host',
    'echo ready',
    'unset PWD OLDPWD NEXT SETUP',
    `exec /usr/bin/env --ignore-signal=CHLD ${INIT.path} infinity </dev/null >/dev/null 2>&1`,
  ];
  return lines.join('\n');
}

type InnerMount = { type: string; place: string; options?: string };

/**
 * Mounts a table (fstab(5)) by one program: to start one for each mount took longer than all the rest. The
 * dot keeps busybox from skipping a place that is called like the source of a mount, such as `proc`.
 */
function mountAll(table: readonly InnerMount[]): string[] {
  const lines = table.map(({ type, place, options }) => {
    const all = ['nosuid', 'nodev', 'noexec', ...(options === undefined ? [] : [options])].join();
    return `${type} ./${place} ${type} ${all}`;
  });
  return ["mount -a -T /proc/self/fd/0 <<'END'", ...lines, 'END'];
}

function cgroupMount({ version, controllers }: Hierarchy, isV2Only: boolean): InnerMount {
  if (version === 2) {
    return { type: 'cgroup2', place: isV2Only ? 'sys/fs/cgroup' : 'sys/fs/cgroup/unified' };
  }
  const names = controllers.join();
  return { type: 'cgroup', place: `sys/fs/cgroup/${names}`, options: names };
}

export type FirstProcess = {
  /** unshare, which waits for the lab's PID 1 and ends with it. */
  supervisor: ChildProcess;
  supervisorPid: number;
  /** Host PID of the lab's PID 1. */
  initPid: number;
};

/** Starts PID 1 of a lab and returns when it runs. Kills what it started when that fails. */
export async function startFirstProcess(options: {
  /** Directory that holds `root`, the lab's new root directory. */
  place: string;
  slot: Slot;
  joinFiles: readonly string[];
  hierarchies: readonly Hierarchy[];
}): Promise<FirstProcess> {
  const { place, slot, joinFiles, hierarchies } = options;
  const child = spawn(BUSYBOX, ['sh', '-c', joinScript, 'sh', ...joinFiles], {
    // Relative from here on: the lab's mapped root may not search the directories above.
    cwd: place,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: exactEnvironment({
      PATH: LAB_PATH,
      NEXT: unshareScript,
      SETUP: setupScript(hierarchies),
    }),
    detached: true,
  });
  const output = new LineReader(child);
  try {
    await output.expect('mapped?');
    if (child.pid === undefined) throw new Error('busybox could not be started');
    writeIdMaps(child.pid, [`0 ${slot.base} ${IDS_PER_SLOT}`]);
    child.stdin.end('\n');
    await output.expect('ready');
    const initPid = onlyChildOf(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
    return { supervisor: child, supervisorPid: child.pid, initPid };
  } catch (error) {
    killGroup(child);
    throw error;
  }
}

/** The one child of `pid` (proc_pid_children, proc(5)). */
function onlyChildOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const first = Number(children[0]);
  if (children.length !== 1 || !(first > 1)) throw new Error(`process ${pid} has not one child`);
  return first;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

type SetupChild = ChildProcessByStdio<Writable, Readable, Readable>;

/** Waits for certain lines on a child's standard output. */
class LineReader {
  #text = '';
  #complaint = '';
  readonly #child: SetupChild;

  constructor(child: SetupChild) {
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (this.#complaint.length < COMPLAINT_BYTES) this.#complaint += chunk.toString('utf8');
    });
  }

  async expect(line: string): Promise<void> {
    const signal = AbortSignal.timeout(SETUP_WITHIN_MS);
    while (!this.#text.includes(`${line}\n`)) {
      const event = await Promise.race([
        once(this.#child.stdout, 'data', { signal }).then(() => 'data'),
        once(this.#child, 'close', { signal }).then(() => 'close'),
      ]).catch(() => 'late');
      if (event !== 'data') throw this.#failure(event === 'late');
    }
  }

  #failure(late: boolean): ExplainedError {
    const said = this.#complaint.trim() || 'it said nothing';
    return new ExplainedError({
      code: 'lab-setup-failed',
      sentence: late
        ? `The lab's set-up did not end within ${SETUP_WITHIN_MS / 1000} s: ${said}.`
        : `The lab's set-up failed: ${said}.`,
      remedy: 'Run `npm run coulisse -- doctor` on the lab host: it tests each thing a lab needs.',
    });
  }
}
