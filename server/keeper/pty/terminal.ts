// One terminal: node-pty opens a PTY of the lab's own devpts and starts the learner's shell inside the
// lab. keeper never reads it; the master goes to link as a file descriptor. Knows no protocol. [L7]
import { spawn, type IPty } from 'node-pty';
import { markDescriptorsCloseOnExec } from '../../kernel/libc.ts';
import { bindMount, detachMount } from '../../kernel/mounts.ts';
import { identify, type ProcessIdentity } from '../../kernel/processes.ts';
import { join } from 'node:path';
import type { TerminalSize } from '../../protocol/ids.ts';
import { HANGUP_GRACE_MS, type OpenTerminal, type TerminalEnd } from './open-terminal.ts';

/** Joins the lab's cgroups before it enters: what a learner starts counts from its first instruction. */
const enterScript = [
  'for file in $JOIN; do echo 0 > "$file" || exit 126; done',
  'echo 500 > /proc/self/oom_score_adj',
  'unset JOIN PWD OLDPWD',
  'ulimit -c 0 -n 4096',
  'exec /usr/bin/nsenter --target "$1" --all --setuid "$2" --setgid "$2" --wdns="$HOME" /bin/bash --login',
].join('\n');

export type TerminalOptions = {
  /** keeper's path of the lab's devpts. */
  pts: string;
  /** Host PID of the lab's PID 1. */
  initPid: number;
  joinFiles: readonly string[];
  size: TerminalSize;
  /** The learner's id in the lab. */
  user: number;
  path: string;
};

export class Terminal implements OpenTerminal {
  readonly #pty: IPty & { readonly fd: number };
  size: TerminalSize;
  readonly entry: ProcessIdentity;

  constructor(options: TerminalOptions) {
    this.size = options.size;
    this.#pty = onDevptsOf(options.pts, () => spawnShell(options));
    // node-pty leaves the master inheritable: the next shell, of any lab, would hold this terminal.
    markDescriptorsCloseOnExec();
    stopReading(this.#pty);
    this.entry = identify(this.#pty.pid);
  }

  get master(): number {
    return this.#pty.fd;
  }

  onEnd(callback: (end: TerminalEnd) => void): void {
    this.#pty.onExit(({ exitCode, signal }) => {
      callback(
        signal === undefined || signal === 0
          ? { code: exitCode, signal: null }
          : { code: null, signal },
      );
    });
  }

  resize(size: TerminalSize): void {
    this.size = size;
    this.#pty.resize(size.cols, size.rows);
  }

  hangUp(): void {
    this.#signal('SIGHUP');
    setTimeout(() => this.#signal('SIGKILL'), HANGUP_GRACE_MS).unref();
  }

  #signal(name: string): void {
    try {
      this.#pty.kill(name);
    } catch {
      // The shell has ended already.
    }
  }
}

/** Runs `open` while /dev/pts and /dev/ptmx are those of the lab. Only in keeper's mount namespace. */
function onDevptsOf<T>(pts: string, open: () => T): T {
  bindMount(pts, '/dev/pts');
  try {
    bindMount(join(pts, 'ptmx'), '/dev/ptmx');
    try {
      return open();
    } finally {
      detachMount('/dev/ptmx');
    }
  } finally {
    detachMount('/dev/pts');
  }
}

function spawnShell(options: TerminalOptions): IPty & { readonly fd: number } {
  const { size, initPid, user, joinFiles, path } = options;
  const pty = spawn(
    '/bin/busybox',
    ['sh', '-c', enterScript, 'sh', String(initPid), String(user)],
    {
      name: 'xterm-256color',
      cols: size.cols,
      rows: size.rows,
      cwd: '/',
      encoding: null,
      env: {
        JOIN: joinFiles.join(' '),
        PATH: path,
        HOME: '/home/student',
        USER: 'student',
        LOGNAME: 'student',
        SHELL: '/bin/bash',
        LANG: 'C.UTF-8',
        COLORTERM: 'truecolor',
      },
    },
  );
  if (!hasMaster(pty)) throw new Error('this node-pty gives no file descriptor of the master');
  return pty;
}

/**
 * Keeps node-pty from reading the master: every byte belongs to link. Its stream is told to flow in the turn
 * that opened it and asks the kernel one tick later, pause() or not (a lost prompt in two of three terminals
 * was seen), so the way to ask is taken from the handle below.
 */
function stopReading(pty: IPty): void {
  const stream = propertyOf(pty, '_socket');
  const handle = propertyOf(stream, '_handle');
  const hasStart = typeof propertyOf(handle, 'readStart') === 'function';
  if (typeof handle !== 'object' || handle === null || !hasStart) {
    throw new Error('this node-pty cannot be kept from reading');
  }
  Object.defineProperty(handle, 'readStart', { value: () => 0 });
  pty.pause();
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function hasMaster(pty: IPty): pty is IPty & { readonly fd: number } {
  return 'fd' in pty && typeof pty.fd === 'number';
}
