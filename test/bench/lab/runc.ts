// runc as a peer: its own example of a container, with a user namespace, on the labs' Debian. Knows no lab.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FIRST_ID, IDS, onPipes, sandboxedShell, type Peer, type PeerPlace } from './peer.ts';

/** Only what is changed below; the example has the rest. */
const specSchema = z.looseObject({
  process: z.looseObject({}),
  root: z.looseObject({}),
  linux: z.looseObject({ namespaces: z.array(z.looseObject({ type: z.string() })) }),
});

/** On pipes, not on a terminal: a console would want a socket to be passed over. */
export function runc({ tree, scratch, closings }: PeerPlace): Peer {
  const bundle = join(scratch, 'runc');
  writeBundle(bundle, tree);
  const global = ['--root', join(bundle, 'state')];
  let started = 0;
  const nameOf = (number: number): string => `coulisse-bench-${process.pid}-${number}`;
  closings.add('containers of runc', () => {
    const left = spawnSync('runc', [...global, 'list', '--quiet'], { encoding: 'utf8' });
    for (const id of left.stdout.split('\n').filter((line) => line !== '')) {
      spawnSync('runc', [...global, 'delete', '--force', id], { stdio: 'ignore' });
    }
  });
  return {
    name: 'runc',
    command: () => {
      started += 1;
      // A key ring is refused to programs behind some filters, and labs have none either.
      const args = ['run', '--no-new-keyring', '--bundle', bundle, nameOf(started)];
      return onPipes('runc', [...global, ...args]);
    },
  };
}

function writeBundle(bundle: string, tree: string): void {
  mkdirSync(bundle, { recursive: true });
  const made = spawnSync('runc', ['spec'], { cwd: bundle, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`runc spec: ${made.stderr.trim()}`);
  const path = join(bundle, 'config.json');
  const spec = specSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const mapping = [{ containerID: 0, hostID: FIRST_ID, size: IDS }];
  const config = {
    ...spec,
    process: { ...spec.process, terminal: false, args: sandboxedShell },
    root: { path: tree, readonly: true },
    linux: {
      ...spec.linux,
      namespaces: [...spec.linux.namespaces, { type: 'user' }],
      uidMappings: mapping,
      gidMappings: mapping,
    },
  };
  writeFileSync(path, JSON.stringify(config));
}
