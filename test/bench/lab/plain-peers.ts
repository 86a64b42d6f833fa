// Peers that are one command line: bubblewrap, util-linux unshare, and a shell behind nothing but chroot.
// Knows no lab.
import { onPipes, PATH, sandboxedShell, type Peer, type PeerPlace } from './peer.ts';

/** nobody: may write nothing in the root directory that all labs share. */
const NOBODY = 65_534;

export function bubblewrap({ tree }: PeerPlace): Peer {
  const mounts = ['--ro-bind', tree, '/', '--proc', '/proc', '--dev', '/dev'];
  const args = ['--unshare-all', '--die-with-parent', ...mounts, ...sandboxedShell];
  return { name: 'bubblewrap', command: () => onPipes('bwrap', args) };
}

export function unshare({ tree }: PeerPlace): Peer {
  const kinds = ['--user', '--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup', '--time'];
  const args = ['--map-root-user', ...kinds, '--fork', '--kill-child', `--root=${tree}`];
  return { name: 'unshare', command: () => onPipes('unshare', [...args, ...sandboxedShell]) };
}

/** The labs' login shell on a PTY, behind no wall but a root directory. */
export function bareShell({ tree }: PeerPlace): Peer {
  const user = `--userspec=${NOBODY}:${NOBODY}`;
  return {
    name: 'bare node-pty',
    command: () => ({
      command: 'chroot',
      args: [user, tree, '/bin/bash', '--login'],
      environment: { PATH, HOME: '/home/student', TERM: 'xterm-256color', LANG: 'C.UTF-8' },
      pty: true,
    }),
  };
}
