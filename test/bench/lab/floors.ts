// The floors that a lab is compared with: other ways to start a shell behind walls on the same root
// directory. Knows no lab.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../server/foundation/errors.ts';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { bindMount, detachMount } from '../../../server/kernel/mounts.ts';
import type { FloorClient } from '../floor-client.ts';
import type { FloorCommand } from '../floor-messages.ts';

export type Floor = { name: string; command(): FloorCommand };
export type FloorList = { floors: Floor[]; skipped: { name: string; why: string }[] };

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const hello = ['/bin/sh', '-c', 'echo x'];
/** nobody: may write nothing in the root directory that all labs share. */
const NOBODY = 65_534;
/** Ids of the lab user range that runc and lxc map to; above everything of a Debian system. */
const FIRST_ID = 1_000_000;

const plain = { environment: { PATH }, pty: false, keep: false };

/** Starts a sandbox of bubblewrap that stays alive. */
export function keptBubblewrap(tree: string): FloorCommand {
  const shell = ['/bin/sh', '-c', 'echo x; exec sleep 1000'];
  return { ...plain, command: 'bwrap', args: [...bubblewrapArguments(tree), ...shell], keep: true };
}

/** All floors that work here: each is started once. */
export async function findFloors(
  tree: string,
  client: FloorClient,
  closings: DisposalStack,
): Promise<FloorList> {
  const place = mkdtempSync(join(tmpdir(), 'coulisse-bench-'));
  closings.add('floors', () => rmSync(place, { recursive: true, force: true }));
  const reachable = showTree(tree, place, closings);
  const list: FloorList = { floors: [], skipped: [] };
  for (const { program, floor } of candidates(reachable, place)) {
    if (!isInstalled(program)) {
      list.skipped.push({ name: program, why: 'not installed' });
      continue;
    }
    try {
      const made = floor();
      await client.start(made.command());
      list.floors.push(made);
    } catch (error) {
      list.skipped.push({ name: program, why: messageOf(error) });
    }
  }
  return list;
}

/** Shows the tree where root of a user namespace may go: what lies above it is closed to others. */
function showTree(tree: string, place: string, closings: DisposalStack): string {
  const shown = join(place, 'tree');
  chmodSync(place, 0o711);
  mkdirSync(shown);
  bindMount(tree, shown);
  closings.add('shown tree', () => detachMount(shown));
  return shown;
}

function candidates(tree: string, place: string): { program: string; floor: () => Floor }[] {
  return [
    {
      program: 'bwrap',
      floor: () => always('bubblewrap', ['bwrap', ...bubblewrapArguments(tree), ...hello]),
    },
    {
      program: 'unshare',
      floor: () => always('unshare', ['unshare', ...unshareArguments(tree), ...hello]),
    },
    { program: 'runc', floor: () => runcFloor(tree, join(place, 'runc')) },
    { program: 'lxc-execute', floor: () => lxcFloor(tree, join(place, 'lxc')) },
    { program: 'chroot', floor: () => shellFloor(tree) },
  ];
}

function always(name: string, [command = '', ...args]: string[]): Floor {
  return { name, command: () => ({ ...plain, command, args }) };
}

function bubblewrapArguments(tree: string): string[] {
  const mounts = ['--ro-bind', tree, '/', '--proc', '/proc', '--dev', '/dev'];
  return ['--unshare-all', '--die-with-parent', ...mounts];
}

function unshareArguments(tree: string): string[] {
  return [
    '--user',
    '--map-root-user',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--net',
    '--uts',
    '--ipc',
    '--cgroup',
    '--time',
    `--root=${tree}`,
  ];
}

/** The labs' login shell on a PTY, behind no wall but a root directory. */
function shellFloor(tree: string): Floor {
  const user = `--userspec=${NOBODY}:${NOBODY}`;
  return {
    name: 'bare node-pty',
    command: () => ({
      command: 'chroot',
      args: [user, tree, '/bin/bash', '--login'],
      environment: { PATH, HOME: '/home/student', TERM: 'xterm-256color', LANG: 'C.UTF-8' },
      pty: true,
      keep: false,
    }),
  };
}

/** Only what is changed below; runc's own example has the rest. */
const runcSpecSchema = z.looseObject({
  process: z.looseObject({}),
  root: z.looseObject({}),
  linux: z.looseObject({ namespaces: z.array(z.looseObject({ type: z.string() })) }),
});

function runcFloor(tree: string, bundle: string): Floor {
  mkdirSync(bundle, { recursive: true });
  const made = spawnSync('runc', ['spec'], { cwd: bundle, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`runc spec: ${made.stderr.trim()}`);
  const path = join(bundle, 'config.json');
  const spec = runcSpecSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const mapping = [{ containerID: 0, hostID: FIRST_ID, size: 65_536 }];
  writeFileSync(
    path,
    JSON.stringify({
      ...spec,
      process: { ...spec.process, terminal: false, args: hello },
      root: { path: tree, readonly: true },
      linux: {
        ...spec.linux,
        namespaces: [...spec.linux.namespaces, { type: 'user' }],
        uidMappings: mapping,
        gidMappings: mapping,
      },
    }),
  );
  let started = 0;
  const global = ['--root', join(bundle, 'state')];
  return {
    name: 'runc',
    command: () => {
      started += 1;
      const id = `coulisse-bench-${process.pid}-${started}`;
      // A key ring is refused to programs behind some filters, and labs have none either.
      const args = [...global, 'run', '--no-new-keyring', '--bundle', bundle, id];
      return { ...plain, command: 'runc', args };
    },
  };
}

function lxcFloor(tree: string, place: string): Floor {
  mkdirSync(place, { recursive: true });
  const config = join(place, 'config');
  writeFileSync(
    config,
    [
      `lxc.rootfs.path = dir:${tree}`,
      'lxc.rootfs.options = ro',
      `lxc.idmap = u 0 ${FIRST_ID} 65536`,
      `lxc.idmap = g 0 ${FIRST_ID} 65536`,
      'lxc.net.0.type = empty',
      'lxc.mount.auto = proc sys',
      'lxc.autodev = 1',
      // The root directory is read-only: there is no place for a console.
      'lxc.console.path = none',
      'lxc.pty.max = 0',
      'lxc.tty.max = 0',
    ].join('\n'),
  );
  let started = 0;
  return {
    name: 'lxc',
    command: () => {
      started += 1;
      const name = `coulisse-bench-${process.pid}-${started}`;
      const args = ['-P', place, '-n', name, '-f', config, '-q', '--', ...hello];
      return { ...plain, command: 'lxc-execute', args };
    },
  };
}

function isInstalled(program: string): boolean {
  return PATH.split(':').some((directory) => existsSync(join(directory, program)));
}
