// Reads one process from the lab host's /proc into the snapshot's shape. A process that vanishes meanwhile
// is no error. Knows no lab but its base id and root.
import { closeDescriptor, findDirectoryPath } from '../../kernel/libc.ts';
import { readAtMost, readLinkText, readRecord } from '../../kernel/kernel-files.ts';
import {
  namespaceKinds,
  type NamespaceKind,
  type ObservedProcess,
} from '../../protocol/snapshot.ts';
import { isSamePlace, type Places } from './places.ts';

/** Ids of one lab (user_namespaces(7)); outside them the lab has no name for a user. */
const IDS = 65_536;
const NOBODY = 65_534;
const PATH_CHARACTERS = 4096;
const ARGUMENTS = 32;
const ARGUMENT_CHARACTERS = 256;
/** A page, and what 64 groups take. */
const STATUS_BYTES = 16 * 1024;
/** argv may be some megabytes, the same in every child: ARG_MAX, execve(2). */
const COMMAND_BYTES = 32 * 1024;
/** Major numbers of Unix98 PTY slaves (devices.txt, kernel docs). */
const PTY_MAJORS = { first: 136, last: 143 };

/** Everything but what others decide while it sleeps, or what needs a look below its root. */
export type ReadProcess = Omit<ObservedProcess, 'procNamespace' | 'parent' | 'user' | 'group'> & {
  user: Pick<ObservedProcess['user'], 'real' | 'effective'>;
  hostPid: number;
  hostParent: number;
};

/**
 * What was read of a process, and how long it had run by then, in nanoseconds and turns (/proc/PID/schedstat; sched-stats, kernel docs).
 * What has not run since has changed nothing of itself; undefined where that cannot be known.
 */
export type Remembered = { ran: string | undefined; stat: Stat; process: ReadProcess };

/** Undefined when the process is gone, or is not in the lab's PID namespace. `places`: those of this look. */
export function readProcess(
  hostPid: number,
  { base, places }: { base: number; places: Places },
  before?: Remembered,
): Remembered | undefined {
  const directory = findDirectoryPath(`/proc/${hostPid}`);
  if (directory === undefined) return undefined;
  try {
    const stat = readStat(directory, before?.stat);
    // First: what happens while the rest is read shows next time.
    const ran = timeRun(directory, stat);
    const others = readByOthers(directory, stat, places);
    if (before !== undefined && ran !== undefined && hasNotRun(before, ran, stat)) {
      return { ran, stat, process: withOthers(before.process, others) };
    }
    const process = readWhole(directory, stat, base);
    return process && { ran, stat, process: { hostPid, ...process, ...others } };
  } catch {
    return undefined;
  } finally {
    closeDescriptor(directory);
  }
}

/** Undefined when there is no process of that number. */
export function startTimeOf(hostPid: number): number | undefined {
  const text = readRecord(`/proc/${hostPid}/stat`);
  return text === undefined ? undefined : parseStat(text).startTime;
}

/** Throws when the process is gone. */
function readStat(directory: number, before: Stat | undefined): Stat {
  const text = readRecord('stat', directory);
  if (text === undefined) throw new Error('the process is gone');
  return before?.text === text ? before : parseStat(text);
}

/** A turn that goes on is not counted yet, and threads change each other's process. */
function timeRun(directory: number, { state, threads }: Stat): string | undefined {
  return state === 'R' || threads !== 1 ? undefined : readRecord('schedstat', directory);
}

function hasNotRun(before: Remembered, ran: string, stat: Stat): boolean {
  return before.ran === ran && before.process.startTime === stat.startTime;
}

type ByOthers = Pick<
  ReadProcess,
  'hostParent' | 'state' | 'terminal' | 'executable' | 'root' | 'workingDirectory'
>;

/** What others change of a process while it sleeps: its parent or the leader of its session ends, its program or a
 * directory is renamed, a root pivoted. */
function readByOthers(directory: number, stat: Stat, places: Places): ByOthers {
  return {
    hostParent: stat.parent,
    state: stat.state,
    terminal: stat.terminal,
    executable: readLinkText('exe', directory)?.slice(0, PATH_CHARACTERS) ?? null,
    root: places.read(directory, 'root'),
    workingDirectory: places.read(directory, 'cwd'),
  };
}

/** The very same where nothing is different: what was made of it before holds. */
function withOthers(process: ReadProcess, others: ByOthers): ReadProcess {
  const isSame =
    process.hostParent === others.hostParent &&
    process.state === others.state &&
    process.terminal === others.terminal &&
    process.executable === others.executable &&
    isSamePlace(process.root, others.root) &&
    isSamePlace(process.workingDirectory, others.workingDirectory);
  return isSame ? process : { ...process, ...others };
}

function readWhole(
  directory: number,
  stat: Stat,
  base: number,
): Omit<ReadProcess, keyof ByOthers | 'hostPid'> | undefined {
  const lines = `\n${readAtMost('status', STATUS_BYTES, directory).text}`;
  const status = (name: string): string | undefined => fieldOf(lines, name);
  const pids = numbersOf(status('NSpid')).slice(1);
  const [pid] = pids;
  if (pid === undefined) return undefined;
  const [real = NOBODY, effective = NOBODY] = numbersOf(status('Uid'));
  return {
    pid,
    pids,
    startTime: stat.startTime,
    user: { real: labUser(real, base), effective: labUser(effective, base) },
    name: (status('Name') ?? '').slice(0, 64),
    command: readCommand(directory),
    namespaces: readNamespaces(directory),
    childPidNamespace: namespaceId(readLinkText('ns/pid_for_children', directory)),
    seccomp: Number(status('Seccomp') ?? 0),
    noNewPrivileges: status('NoNewPrivs') === '1',
    capabilities: {
      effective: status('CapEff') ?? '0',
      permitted: status('CapPrm') ?? '0',
      inheritable: status('CapInh') ?? '0',
      ambient: status('CapAmb') ?? '0',
      bounding: status('CapBnd') ?? '0',
    },
  };
}

/** `pid:[4026531836]` → `4026531836` (namespaces(7)). */
export function namespaceId(link: string | undefined): string | null {
  return link === undefined ? null : (/^\w+:\[(\d+)\]$/.exec(link)?.[1] ?? null);
}

function readNamespaces(directory: number): ObservedProcess['namespaces'] {
  const found: Partial<Record<NamespaceKind, string>> = {};
  for (const kind of namespaceKinds) {
    const id = namespaceId(readLinkText(`ns/${kind}`, directory));
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

/** Of a line `Name:\tvalue`; in the value of the first the kernel escapes what would end it. */
function fieldOf(lines: string, name: string): string | undefined {
  const start = lines.indexOf(`\n${name}:`);
  if (start < 0) return undefined;
  const value = start + name.length + 2;
  return lines.slice(value, lines.indexOf('\n', value)).trim();
}

function numbersOf(text: string | undefined): number[] {
  return text === undefined ? [] : text.split(/\s+/).map(Number);
}

type Stat = {
  /** As the kernel wrote it. */
  text: string;
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
    text,
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

function readCommand(directory: number): string[] {
  const { text } = readAtMost('cmdline', COMMAND_BYTES, directory);
  if (text === '') return [];
  return text
    .replace(/\0$/, '')
    .split('\0')
    .slice(0, ARGUMENTS)
    .map((argument) => argument.slice(0, ARGUMENT_CHARACTERS));
}
