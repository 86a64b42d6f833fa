// How web and link are started as ordinary users: in a mount namespace of their own that shows them the
// checkout read-only and two directories of the state, wherever on the machine those lie. Knows no setup.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '../foundation/errors.ts';
import { users } from './state-directory.ts';

/** Directories of every Linux system (FHS) of which one is laid over in the private namespace. */
const places = ['/mnt', '/media', '/srv', '/opt'];

/** The view, by what the process finds where. */
export type View = { place: string; checkout: string; runDir: string; ownDir: string };

export type OrdinaryOptions = {
  name: 'link' | 'web';
  checkout: string;
  runDir: string;
  ownDir: string;
};

/**
 * After the binds it becomes its user for good: no capability is left and none can come back. The checkout
 * may lie under /root, where an ordinary user could not even look.
 */
const script = [
  'mount -t tmpfs -o mode=755,size=64k view "$1"',
  'mkdir "$1/checkout" "$1/run" "$1/own"',
  'mount --bind "$2" "$1/checkout"',
  'mount -o remount,bind,ro "$1/checkout"',
  'mount --bind "$3" "$1/run"',
  'mount --bind "$4" "$1/own"',
  'cd "$1/checkout"',
  'exec nice --adjustment "$9" setpriv --reuid "$5" --regid "$6" --clear-groups --no-new-privs --inh-caps=-all' +
    ' --bounding-set=-all "$7" "server/$8/main.ts"',
].join(' && ');

/**
 * Niceness (sched(7)). A key waits for link, and everything else that we run can wait for a key: on two busy cores
 * one echo in a hundred takes 4.4 ms or longer, and not 6.2.
 */
const niceness = { link: -5, web: 0 };

/** What to spawn, and the paths that the process must be told. */
export function ordinaryCommand(options: OrdinaryOptions): {
  command: string;
  args: string[];
  view: View;
} {
  const { name, checkout, runDir, ownDir } = options;
  const place = places.find(
    (path) => existsSync(path) && ![checkout, runDir].some((used) => used.startsWith(path)),
  );
  if (place === undefined) {
    throw new ExplainedError({
      code: 'no-place-for-a-view',
      sentence: `None of ${places.join(', ')} is free to show ${name} its files.`,
      remedy: 'Make an empty directory /mnt.',
    });
  }
  const view: View = {
    place,
    checkout: join(place, 'checkout'),
    runDir: join(place, 'run'),
    ownDir: join(place, 'own'),
  };
  const node = process.execPath.startsWith(checkout)
    ? join(view.checkout, process.execPath.slice(checkout.length))
    : process.execPath;
  const values = [
    place,
    checkout,
    runDir,
    ownDir,
    users[name],
    users.group,
    node,
    name,
    niceness[name],
  ];
  return {
    command: '/usr/bin/unshare',
    args: [
      '--mount',
      '--propagation',
      'private',
      '/bin/sh',
      '-c',
      script,
      'sh',
      ...values.map(String),
    ],
    view,
  };
}
