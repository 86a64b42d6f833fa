// The file system of a lab, put together in a mount namespace of whoever makes the lab: everything that needs
// no namespace of the lab is mounted here, as root of the lab host. Knows no process. [L3]
import { basename, join } from 'node:path';
import type { CallList } from '../../kernel/call-program.ts';
import {
  bindIdmapped,
  bindMount,
  changeDirectory,
  changeOwner,
  makeDevice,
  makeDirectory,
  makeLink,
  mount,
} from '../../kernel/child-calls.ts';
import { mountFlags } from '../../kernel/mounts.ts';
import { imageMount } from './image.ts';
import { INIT, OLD_ROOT } from './first-process.ts';

/** Group `tty` of a Debian system; slaves belong to it so that write(1) works (devpts, kernel docs). */
export const TTY_GROUP = 5;

const devices = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
] as const;

const deviceLinks = [
  ['fd', '/proc/self/fd'],
  ['stdin', 'fd/0'],
  ['stdout', 'fd/1'],
  ['stderr', 'fd/2'],
  ['ptmx', 'pts/ptmx'],
] as const;

/** Directories of /run and their modes. */
const runDirectories = [
  ['lab', 0o700],
  ['lab/proc', 0o755],
  ['lab/sys', 0o755],
  ['lock', 0o755],
  ['netns', 0o755],
  [basename(OLD_ROOT), 0o700],
] as const;

export type FileSystemOptions = {
  /** Directory of this lab, made beforehand; the root is mounted at `root` in it. */
  place: string;
  /** The lab's devpts, mounted beforehand. */
  pts: string;
  /** Root directory of the labs' Debian. */
  tree: string;
  /** Loop device of the lab's disk. */
  device: string;
  /** Outer user namespace of the slot, as a descriptor. */
  outer: number;
  /** Host id of the lab's root. */
  base: number;
};

/** Mounts everything. Of the caller's umask nothing may be set. */
export function buildFileSystem(list: CallList, options: FileSystemOptions): void {
  const { place, base, pts } = options;
  const root = join(place, 'root');
  mountLayers(list, options);
  makeOwnLink(list, { path: join(root, INIT.path), target: INIT.program, owner: base });
  mountDevices(list, root, base);
  bindMount(list, pts, join(root, 'dev/pts'));
  mountRun(list, join(root, 'run'), base);
}

function mountLayers(list: CallList, { place, device, outer, tree }: FileSystemOptions): void {
  const raw = join(place, 'raw');
  const disk = join(place, 'disk');
  mount(list, raw, { ...imageMount, source: device });
  bindIdmapped(list, { source: raw, target: disk, userNamespace: outer, readOnly: false });
  bindIdmapped(list, {
    source: tree,
    target: join(place, 'lower'),
    userNamespace: outer,
    readOnly: true,
  });
  // Relative, because the learner reads these options in /proc/mounts: they tell nothing of the lab host.
  changeDirectory(list, place);
  mount(list, 'root', {
    source: 'lab',
    type: 'overlay',
    data: 'lowerdir=lower,upperdir=disk/upper,workdir=disk/work,volatile',
  });
  for (const [from, to] of [
    ['home', 'home'],
    ['tmp', 'tmp'],
    ['var-lib', 'var/lib'],
    ['root', 'root'],
  ] as const) {
    bindMount(list, join(disk, from), join(place, 'root', to));
  }
}

function mountDevices(list: CallList, root: string, base: number): void {
  const dev = join(root, 'dev');
  mount(list, dev, {
    source: 'dev',
    type: 'tmpfs',
    flags: mountFlags.nosuid | mountFlags.noexec,
    data: `mode=755,uid=${base},gid=${base},size=1m,nr_inodes=1024`,
  });
  for (const [name, major, minor] of devices) {
    const path = join(dev, name);
    makeDevice(list, path, { major, minor });
    changeOwner(list, path, { user: base, group: name === 'tty' ? base + TTY_GROUP : base });
  }
  for (const [name, target] of deviceLinks) {
    makeOwnLink(list, { path: join(dev, name), target, owner: base });
  }
  for (const name of ['pts', 'shm', 'mqueue']) {
    makeDirectory(list, join(dev, name), 0o755);
    changeOwner(list, join(dev, name), { user: base, group: base });
  }
  mount(list, join(dev, 'shm'), {
    source: 'shm',
    type: 'tmpfs',
    flags: mountFlags.nosuid | mountFlags.nodev,
    data: `mode=1777,uid=${base},gid=${base},size=64m,nr_inodes=4096`,
  });
}

function mountRun(list: CallList, run: string, base: number): void {
  mount(list, run, {
    source: 'run',
    type: 'tmpfs',
    flags: mountFlags.nosuid | mountFlags.nodev,
    data: `mode=755,uid=${base},gid=${base},size=16m,nr_inodes=4096`,
  });
  for (const [name, mode] of runDirectories) {
    makeDirectory(list, join(run, name), mode);
    changeOwner(list, join(run, name), { user: base, group: base });
  }
}

function makeOwnLink(
  list: CallList,
  { path, target, owner }: { path: string; target: string; owner: number },
): void {
  makeLink(list, path, target);
  changeOwner(list, path, { user: owner, group: owner });
}
