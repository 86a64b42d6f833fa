// What a peer is: another sandbox that runs the same shell on the same root directory. Knows none of them.
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import type { FloorCommand } from '../floor-messages.ts';

export type Peer = {
  name: string;
  /** A new one each time: some want a name that nobody has. */
  command: () => FloorCommand;
};

/** Where a peer finds the labs' Debian, and may keep files of its own. */
export type PeerPlace = { tree: string; scratch: string; closings: DisposalStack };

/** Peers that many are kept alive of. */
export const keptPeers: readonly string[] = ['bubblewrap', 'lxc', 'runc'];

export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A shell writes the first byte, and what it becomes ends with its standard input. */
export const sandboxedShell = ['/bin/sh', '-c', 'echo x; exec cat'];
/** What is left out when the memory of a peer's own processes is added up. */
export const nameOfShell = 'cat';

/** Root of a sandbox with a user namespace is this user; above everything of a Debian system. */
export const FIRST_ID = 1_000_000;
export const IDS = 65_536;

export function onPipes(command: string, args: string[]): FloorCommand {
  return { command, args, environment: { PATH }, pty: false };
}
