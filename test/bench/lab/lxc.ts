// LXC as a peer: lxc-execute with a user namespace and an empty network, on the labs' Debian. Knows no lab.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { FIRST_ID, IDS, onPipes, sandboxedShell, type Peer, type PeerPlace } from './peer.ts';

export function lxc({ tree, scratch, closings }: PeerPlace): Peer {
  allowIds(closings);
  const place = join(scratch, 'lxc');
  mkdirSync(place, { recursive: true });
  const config = join(place, 'config');
  writeFileSync(
    config,
    [
      `lxc.rootfs.path = dir:${tree}`,
      'lxc.rootfs.options = ro',
      `lxc.idmap = u 0 ${FIRST_ID} ${IDS}`,
      `lxc.idmap = g 0 ${FIRST_ID} ${IDS}`,
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
      const args = ['-P', place, '-n', name, '-f', config, '-q', '--', ...sandboxedShell];
      return onPipes('lxc-execute', args);
    },
  };
}

/** lxc maps ids by newuidmap(1), which asks even root for a range in /etc/subuid and /etc/subgid. */
function allowIds(closings: DisposalStack): void {
  if (!existsSync('/usr/bin/newuidmap')) return;
  const line = `root:${FIRST_ID}:${IDS}\n`;
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (/^root:/m.test(text)) continue;
    appendFileSync(file, line);
    closings.add(`range in ${file}`, () =>
      writeFileSync(file, readFileSync(file, 'utf8').replace(line, '')),
    );
  }
}
