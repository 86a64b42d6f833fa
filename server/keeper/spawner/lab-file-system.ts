// The file system of a lab, put together in a mount namespace of whoever makes the lab: everything that needs
// no namespace of the lab is mounted here, as root of the lab host. Knows no process. [L3]
import { chownSync, lchownSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeDevice } from '../../kernel/devices.ts';
import { closeDescriptor } from '../../kernel/libc.ts';
import { attachLoop } from '../../kernel/loop-device.ts';
import { bindIdmapped, bindMount, mount, mountFlags } from '../../kernel/mounts.ts';
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
  /** File of the lab's disk. */
  image: string;
  /** Outer user namespace of the slot, as a descriptor. */
  outer: number;
  /** Host id of the lab's root. */
  base: number;
};

/** Mounts everything. */
export function buildFileSystem(options: FileSystemOptions): void {
  const { place, base, pts } = options;
  const root = join(place, 'root');
  mountLayers(options);
  makeLink(join(root, INIT.path), INIT.program, base);
  mountDevices(root, base);
  bindMount(pts, join(root, 'dev/pts'));
  mountRun(join(root, 'run'), base);
}

function mountLayers({ place, image, outer, tree }: FileSystemOptions): void {
  const raw = join(place, 'raw');
  const disk = join(place, 'disk');
  mountImage(image, raw);
  bindIdmapped({ source: raw, target: disk, userNamespace: outer, readOnly: false });
  bindIdmapped({
    source: tree,
    target: join(place, 'lower'),
    userNamespace: outer,
    readOnly: true,
  });
  // Relative, because the learner reads these options in /proc/mounts: they tell nothing of the lab host.
  process.chdir(place);
  mount('root', {
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
    bindMount(join(disk, from), join(place, 'root', to));
  }
}

/** Mounts an image at `target`; the loop device frees itself with the last mount. */
export function mountImage(image: string, target: string): void {
  const loop = attachLoop(image);
  try {
    mount(target, {
      source: loop.path,
      type: 'ext4',
      flags: mountFlags.noatime,
      data: 'nobarrier,discard',
    });
  } finally {
    closeDescriptor(loop.descriptor);
  }
}

function mountDevices(root: string, base: number): void {
  const dev = join(root, 'dev');
  mount(dev, {
    source: 'dev',
    type: 'tmpfs',
    flags: mountFlags.nosuid | mountFlags.noexec,
    data: `mode=755,uid=${base},gid=${base},size=1m,nr_inodes=1024`,
  });
  for (const [name, major, minor] of devices) {
    const path = join(dev, name);
    makeDevice(path, major, minor);
    chownSync(path, base, name === 'tty' ? base + TTY_GROUP : base);
  }
  for (const [name, target] of deviceLinks) {
    makeLink(join(dev, name), target, base);
  }
  for (const name of ['pts', 'shm', 'mqueue']) {
    mkdirSync(join(dev, name));
    chownSync(join(dev, name), base, base);
  }
  mount(join(dev, 'shm'), {
    source: 'shm',
    type: 'tmpfs',
    flags: mountFlags.nosuid | mountFlags.nodev,
    data: `mode=1777,uid=${base},gid=${base},size=64m,nr_inodes=4096`,
  });
}

function mountRun(run: string, base: number): void {
  mount(run, {
    source: 'run',
    type: 'tmpfs',
    flags: mountFlags.nosuid | mountFlags.nodev,
    data: `mode=755,uid=${base},gid=${base},size=16m,nr_inodes=4096`,
  });
  for (const [name, mode] of runDirectories) {
    mkdirSync(join(run, name), { mode });
    chownSync(join(run, name), base, base);
  }
}

function makeLink(path: string, target: string, owner: number): void {
  symlinkSync(target, path);
  lchownSync(path, owner, owner);
}
