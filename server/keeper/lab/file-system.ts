// The file system of a lab, put together in keeper's own mount namespace: everything that needs no
// namespace of the lab is mounted here, where it costs no exec. Knows no process. [L3]
import { chownSync, lchownSync, mkdirSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeDevice } from '../../kernel/devices.ts';
import {
  bindIdmapped,
  bindMount,
  detachMount,
  detachMountIfThere,
  mount,
  mountFlags,
} from '../../kernel/mounts.ts';
import type { DiskStore } from './disk.ts';
import { INIT } from './first-process.ts';

/** Group `tty` of a Debian system; slaves belong to it so that write(1) works (devpts, kernel docs). */
const TTY_GROUP = 5;
/** The learner's user id in the lab. */
export const STUDENT = 1000;

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

export type LabPaths = {
  /** Directory of this lab's mounts; empty once they are taken off. */
  place: string;
  root: string;
  /** The lab's devpts, kept mounted as long as terminals may be opened. */
  pts: string;
};

export type BuildOptions = {
  paths: LabPaths;
  /** Root directory of the labs' Debian. */
  tree: string;
  disks: DiskStore;
  image: string;
  /** User namespace of the slot, as a descriptor. */
  idMap: number;
  /** Host id of the lab's root. */
  base: number;
  terminals: number;
};

export function labPaths(ground: string, lab: string): LabPaths {
  const place = join(ground, lab);
  return { place, root: join(place, 'root'), pts: join(place, 'pts') };
}

/** Mounts everything. On failure the caller calls removeFileSystem. */
export function buildFileSystem(options: BuildOptions): void {
  const { paths, base } = options;
  mkdirSync(paths.place, { recursive: true, mode: 0o711 });
  for (const name of ['raw', 'disk', 'lower', 'root', 'pts']) {
    mkdirSync(join(paths.place, name), { recursive: true });
  }
  mountLayers(options);
  makeLink(join(paths.root, INIT.path), INIT.program, base);
  mountDevices(paths.root, base);
  mountTerminals(options);
  mount(join(paths.root, 'run'), {
    source: 'run',
    type: 'tmpfs',
    flags: mountFlags.nosuid | mountFlags.nodev,
    data: `mode=755,uid=${base},gid=${base},size=16m,nr_inodes=4096`,
  });
}

/** Takes off what only the lab's own mount namespace needs from now on; devpts stays. */
export function releaseFileSystem(paths: LabPaths): void {
  // Detaching a mount takes everything below it along.
  for (const name of ['root', 'lower', 'disk', 'raw']) detachMount(join(paths.place, name));
}

/** Takes off whatever is there and removes the directories. Safe to repeat. */
export function removeFileSystem(paths: LabPaths): void {
  for (const name of ['root', 'pts', 'lower', 'disk', 'raw']) {
    const target = join(paths.place, name);
    while (detachMountIfThere(target));
    rmSync(target, { recursive: true, force: true, maxRetries: 2 });
  }
  try {
    rmdirSync(paths.place);
  } catch {
    // Never made, or gone already.
  }
}

function mountLayers(options: BuildOptions): void {
  const { paths, disks, image, idMap, tree } = options;
  const raw = join(paths.place, 'raw');
  const disk = join(paths.place, 'disk');
  disks.mount(image, raw);
  bindIdmapped({ source: raw, target: disk, userNamespace: idMap, readOnly: false });
  bindIdmapped({
    source: tree,
    target: join(paths.place, 'lower'),
    userNamespace: idMap,
    readOnly: true,
  });
  // Relative, because the learner reads these options in /proc/mounts: they tell nothing of the lab host.
  const before = process.cwd();
  process.chdir(paths.place);
  try {
    mount('root', {
      source: 'lab',
      type: 'overlay',
      data: 'lowerdir=lower,upperdir=disk/upper,workdir=disk/work,volatile',
    });
  } finally {
    process.chdir(before);
  }
  for (const [from, to] of [
    ['home', 'home'],
    ['tmp', 'tmp'],
    ['var-lib', 'var/lib'],
    ['root', 'root'],
  ] as const) {
    bindMount(join(disk, from), join(paths.root, to));
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

function makeLink(path: string, target: string, owner: number): void {
  symlinkSync(target, path);
  lchownSync(path, owner, owner);
}

function mountTerminals(options: BuildOptions): void {
  const { paths, base, terminals } = options;
  mount(paths.pts, {
    source: 'devpts',
    type: 'devpts',
    flags: mountFlags.nosuid | mountFlags.noexec,
    data: [
      'newinstance',
      'ptmxmode=0666',
      'mode=620',
      `uid=${base + STUDENT}`,
      `gid=${base + TTY_GROUP}`,
      // sudo, tmux and script open further ones inside the lab.
      `max=${terminals * 16}`,
    ].join(),
  });
  bindMount(paths.pts, join(paths.root, 'dev/pts'));
}
