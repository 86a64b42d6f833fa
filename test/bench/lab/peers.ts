// The sandboxes that a lab is compared with, on the same root directory: which can be run here, and why the
// others cannot. Knows no lab.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { messageOf } from '../../../server/foundation/errors.ts';
import { bindMount, detachMount } from '../../../server/kernel/mounts.ts';
import type { FloorClient } from '../floor-client.ts';
import type { Skipped } from '../tally.ts';
import { lxc } from './lxc.ts';
import type { Peer, PeerPlace } from './peer.ts';
import { bareShell, bubblewrap, unshare } from './plain-peers.ts';
import { runc } from './runc.ts';

/** Each with the program that must be there. */
const candidates: readonly { program: string; make: (place: PeerPlace) => Peer }[] = [
  { program: 'bwrap', make: bubblewrap },
  { program: 'lxc-execute', make: lxc },
  { program: 'runc', make: runc },
  { program: 'unshare', make: unshare },
  { program: 'chroot', make: bareShell },
];

/** All peers that work here: each is started once. */
export async function findPeers(
  tree: string,
  client: FloorClient,
  closings: DisposalStack,
): Promise<{ peers: Peer[]; skipped: Skipped[] }> {
  const scratch = mkdtempSync(join(tmpdir(), 'coulisse-bench-'));
  closings.add('scratch of peers', () => rmSync(scratch, { recursive: true, force: true }));
  const place = { tree: showTree(tree, scratch, closings), scratch, closings };
  const peers: Peer[] = [];
  const skipped: Skipped[] = [];
  for (const { program, make } of candidates) {
    try {
      if (!isInstalled(program)) throw new Error('not installed');
      const peer = make(place);
      await client.start(peer.command());
      peers.push(peer);
    } catch (error) {
      skipped.push({ name: program, why: messageOf(error) });
    }
  }
  return { peers, skipped };
}

/** Shows the tree where root of a user namespace may go: what lies above it is closed to others. */
function showTree(tree: string, scratch: string, closings: DisposalStack): string {
  const shown = join(scratch, 'tree');
  chmodSync(scratch, 0o711);
  mkdirSync(shown);
  bindMount(tree, shown);
  closings.add('shown tree', () => detachMount(shown));
  return shown;
}

function isInstalled(program: string): boolean {
  const places = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return places.some((directory) => existsSync(join(directory, program)));
}
