// The shell of the peers that have no lab: the lab host's own bash without its owner's settings, with the
// prompt of a lab. Knows no PTY.

export const hostShell = {
  file: '/bin/bash',
  args: ['--norc', '--noprofile'],
  environment: {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/',
    HISTFILE: '/dev/null',
    INPUTRC: '/dev/null',
    LANG: 'C.UTF-8',
    PS1: 'student@lab:~$ ',
    TERM: 'xterm-256color',
  },
  size: { cols: 80, rows: 24 },
} as const;
