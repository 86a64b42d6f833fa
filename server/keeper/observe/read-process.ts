// Reads one process from the lab host's /proc into the snapshot's shape. A process that vanishes meanwhile
// is no error. Knows no lab but its base id and root.
import { readFileSync, statSync } from 'node:fs';
import { readProcLink } from '../../kernel/files-beneath.ts';
import { readAtMost } from './read-at-most.ts';
import {
  namespaceKinds,
  type NamespaceKind,
  type ObservedProcess,
  type Place,
} from '../../protocol/snapshot.ts';

/** Ids of one lab (user_namespaces(7)); outside them the lab has no name for a user. */
const IDS = 65_536;
const NOBODY = 65_534;
const PATH_CHARACTERS = 4096;
const ARGUMENTS = 32;
const ARGUMENT_CHARACTERS = 256;
/** argv may be some megabytes, the same in every child: ARG_MAX, execve(2). */
const COMMAND_BYTES = 32 * 1024;
/** Major numbers of Unix98 PTY slaves (devices.txt, kernel docs). */
const PTY_MAJORS = { first: 136, last: 143 };

/** Everything but procNamespace, which needs a look below the process's root. */
export type ReadProcess = Omit<ObservedProcess, 'procNamespace' | 'parent'> & {
  hostPid: number;
  hostParent: number;
};

/**
 * What was read of a process, and how long it had run by then, in nanoseconds and turns (/proc/PID/schedstat; sched-stats, kernel docs).
 * What has not run since has changed nothing of itself; undefined where that cannot be known.
 */
export type Remembered = { ran: string | undefined; process: ReadProcess };

/** Undefined when the process is gone, or is not in the lab's PID namespace. */
export function readProcess(
  hostPid: number,
  base: number,
  before?: Remembered,
): Remembered | undefined {
  const directory = `/proc/${hostPid}`;
  try {
    const stat = parseStat(readFileSync(`${directory}/stat`, 'utf8'));
    // First: what happens while the rest is read shows next time.
    const ran = timeRun(directory, stat);
    if (before !== undefined && ran !== undefined && isSame(before, ran, stat)) {
      return { ran, process: { ...before.process, ...readByOthers(directory, stat) } };
    }
    const process = readWhole(hostPid, base, stat);
    return process && { ran, process };
  } catch {
    return undefined;
  }
}

/** Undefined when there is no process of that number. */
export function startTimeOf(hostPid: number): number | undefined {
  try {
    return parseStat(readFileSync(`/proc/${hostPid}/stat`, 'utf8')).startTime;
  } catch {
    return undefined;
  }
}

/** A turn that goes on is not counted yet, and threads change each other's process. */
function timeRun(directory: string, { state, threads }: Stat): string | undefined {
  if (state === 'R' || threads !== 1) return undefined;
  try {
    return readFileSync(`${directory}/schedstat`, 'utf8');
  } catch {
    return undefined;
  }
}

function isSame(before: Remembered, ran: string, stat: Stat): boolean {
  return before.ran === ran && before.process.startTime === stat.startTime;
}

/** What others change of a process while it sleeps: its parent ends, a directory is renamed, a root pivoted. */
function readByOthers(directory: string, stat: Stat) {
  return {
    hostParent: stat.parent,
    state: stat.state,
    root: readPlace(`${directory}/root`),
    workingDirectory: readPlace(`${directory}/cwd`),
  };
}

function readWhole(hostPid: number, base: number, stat: Stat): ReadProcess | undefined {
  const directory = `/proc/${hostPid}`;
  const status = parseStatus(readFileSync(`${directory}/status`, 'utf8'));
  const pids = numbersOf(status.get('NSpid')).slice(1);
  const [pid] = pids;
  if (pid === undefined) return undefined;
  const [real = NOBODY, effective = NOBODY] = numbersOf(status.get('Uid'));
  return {
    hostPid,
    ...readByOthers(directory, stat),
    pid,
    pids,
    startTime: stat.startTime,
    user: { real: labUser(real, base), effective: labUser(effective, base) },
    name: (status.get('Name') ?? '').slice(0, 64),
    command: readCommand(directory),
    executable: readProcLink(`${directory}/exe`)?.slice(0, PATH_CHARACTERS) ?? null,
    namespaces: readNamespaces(directory),
    childPidNamespace: namespaceId(readProcLink(`${directory}/ns/pid_for_children`)),
    terminal: stat.terminal,
    seccomp: Number(status.get('Seccomp') ?? 0),
    noNewPrivileges: status.get('NoNewPrivs') === '1',
    capabilities: {
      effective: status.get('CapEff') ?? '0',
      bounding: status.get('CapBnd') ?? '0',
    },
  };
}

/** `pid:[4026531836]` → `4026531836` (namespaces(7)). */
export function namespaceId(link: string | undefined): string | null {
  return link === undefined ? null : (/^\w+:\[(\d+)\]$/.exec(link)?.[1] ?? null);
}

export function readNamespaces(directory: string): ObservedProcess['namespaces'] {
  const found: Partial<Record<NamespaceKind, string>> = {};
  for (const kind of namespaceKinds) {
    const id = namespaceId(readProcLink(`${directory}/ns/${kind}`));
    if (id === null) return null;
    found[kind] = id;
  }
  const {
    cgroup = '',
    ipc = '',
    mnt = '',
    net = '',
    pid = '',
    time = '',
    user = '',
    uts = '',
  } = found;
  return { cgroup, ipc, mnt, net, pid, time, user, uts };
}

/** Path, device and inode behind a /proc link. stat follows the kernel's own link, no path of the learner. */
export function readPlace(link: string): Place | null {
  const path = readProcLink(link);
  if (path === undefined) return null;
  try {
    const { dev, ino } = statSync(link, { bigint: true });
    return { path: path.slice(0, PATH_CHARACTERS), device: deviceText(dev), inode: String(ino) };
  } catch {
    return null;
  }
}

/** major:minor of a 64-bit dev_t (makedev(3), glibc's layout). */
export function deviceText(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return `${major}:${minor & 0xffffffffn}`;
}

export function labUser(hostId: number, base: number): number {
  const id = hostId - base;
  return id >= 0 && id < IDS ? id : NOBODY;
}

function parseStatus(text: string): Map<string, string> {
  return new Map(
    text.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}

function numbersOf(text: string | undefined): number[] {
  return text === undefined ? [] : text.split(/\s+/).map(Number);
}

type Stat = {
  state: string;
  parent: number;
  terminal: number | null;
  threads: number;
  startTime: number;
};

function parseStat(text: string): Stat {
  // The name may hold spaces and brackets: fields are counted after the last bracket (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    terminal: terminalNumber(Number(fields[4])),
    threads: Number(fields[17]),
    startTime: Number(fields[19]),
  };
}

function terminalNumber(device: number): number | null {
  const major = (device >> 8) & 0xfff;
  if (major < PTY_MAJORS.first || major > PTY_MAJORS.last) return null;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  return (major - PTY_MAJORS.first) * 256 + minor;
}

function readCommand(directory: string): string[] {
  const { text } = readAtMost(`${directory}/cmdline`, COMMAND_BYTES);
  if (text === '') return [];
  return text
    .replace(/\0$/, '')
    .split('\0')
    .slice(0, ARGUMENTS)
    .map((argument) => argument.slice(0, ARGUMENT_CHARACTERS));
}
