// A script that keeper runs in a lab for itself, as the lab's root, between two pipes. What runs is the lab's own
// and may be the learner's: nothing that it says is believed here. Knows no home. [L19]
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { exactEnvironment } from '../../foundation/environment.ts';
import { isAlive, type ProcessIdentity } from '../../kernel/processes.ts';
import { LAB_PATH } from '../spawner/lab-path.ts';

export type ErrandPlace = {
  init: ProcessIdentity;
  /** Files into which a process writes 0 to be in the lab's limits, out of reach of the lab's root. */
  joinFiles: readonly string[];
  openFiles: number;
  /** Kills whatever is in those groups, but for one process; says how many it found. */
  killAllBut: (pid: number | undefined) => number;
};

/** nsenter's options by the names in /proc/PID/ns; without `pid`, see `Errand`. */
const namespaces = ['user', 'mnt', 'uts', 'ipc', 'net', 'cgroup', 'time'] as const;
const optionOf = (name: string) => (name === 'mnt' ? 'mount' : name);

/** Joins the groups first: nothing of the lab is executed outside of its limits. */
const join = `ulimit -c 0; ulimit -n "$1"; shift
while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift
echo 500 > /proc/self/oom_score_adj; exec "$@"`;

/**
 * Its processes have a PID namespace of their own, not the lab's. So nobody in the lab can see, stop or trace them,
 * least of all nsenter while it is still the lab host's root on its way in (compare CVE-2016-9962); and when the
 * first of them is killed, the kernel kills the others (pid_namespaces(7)).
 */
export class Errand {
  readonly input: Writable;
  readonly output: Readable;
  /** Its exit code; null when it was killed, or does not end though it was. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #place: ErrandPlace;
  readonly #cancelled = Promise.withResolvers<null>();

  /** Throws when the lab has ended. */
  constructor(place: ErrandPlace, script: string) {
    const held = namespaces.map((name) => openSync(`/proc/${place.init.pid}/ns/${name}`, 'r'));
    const letGo = (): void => held.splice(0).forEach((descriptor) => closeSync(descriptor));
    // The descriptors stand for whatever had the PID when they were opened.
    if (!isAlive(place.init)) {
      letGo();
      throw new Error('the lab has ended');
    }
    const enter = namespaces.map(
      (name, index) => `--${optionOf(name)}=/proc/${process.pid}/fd/${held[index]}`,
    );
    const own = ['/usr/bin/unshare', '--pid', '--fork'];
    const inside = ['/usr/bin/nsenter', ...enter, '--setgid=0', '--setuid=0', '/bin/sh', '-c'];
    const groups = [String(place.openFiles), ...place.joinFiles, '--'];
    const child = spawn('/bin/sh', ['-c', join, 'sh', ...groups, ...own, ...inside, script], {
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: exactEnvironment({ PATH: LAB_PATH, HOME: '/root', LANG: 'C.UTF-8' }),
    });
    this.#child = child;
    this.#place = place;
    this.input = child.stdin;
    this.output = child.stdout;
    // Whoever does not read to the end hears of it by `ended`.
    child.stdin.on('error', () => undefined);
    const exit = once(child, 'exit').then(
      () => child.exitCode,
      () => null,
    );
    void exit.then(letGo);
    this.ended = Promise.race([exit, this.#cancelled.promise]);
  }

  /** Kills what is left of it and reads no more. */
  cancel(): void {
    // The one that keeper started reaps the others and ends with them; else the machine's PID 1 had to.
    if (this.#place.killAllBut(this.#child.pid) === 0) this.#child.kill('SIGKILL');
    this.input.destroy();
    this.output.destroy();
    this.#cancelled.resolve(null);
  }
}
