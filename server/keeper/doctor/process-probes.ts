// Probes of what processes need: root, namespaces, the system call filter, the programs that start a lab.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { KillSenders } from '../../kernel/kill-senders.ts';
import { ProcConnector } from '../../kernel/proc-connector.ts';
import { openSeccompLibrary } from '../../kernel/seccomp.ts';
import type { Probe } from './finding.ts';
import { tryCommand } from './try-command.ts';

const CAP_SYS_ADMIN = 21n;
const namespaceFlags = ['user', 'pid', 'mount', 'net', 'uts', 'ipc', 'cgroup', 'time'] as const;
const programs = [
  ['/usr/bin/unshare', 'util-linux'],
  ['/usr/bin/nsenter', 'util-linux'],
  ['/usr/bin/setpriv', 'util-linux'],
  ['/sbin/mkfs.ext4', 'e2fsprogs'],
] as const;

export const processProbes: readonly Probe[] = [
  {
    id: 'root',
    thing: 'root with CAP_SYS_ADMIN',
    required: true,
    tested: 'the effective user and capabilities of this process (/proc/self/status)',
    cost: 'no lab can be made; the lessons alone are served',
    remedy: 'Run as root, outside a container that drops capabilities.',
    look: () => {
      if (process.geteuid?.() !== 0) throw new Error(`this is user ${process.geteuid?.() ?? '?'}`);
      const effective = BigInt(`0x${statusField('CapEff')}`);
      if (((effective >> CAP_SYS_ADMIN) & 1n) === 0n) throw new Error('CAP_SYS_ADMIN is dropped');
      return `uid 0, CapEff ${effective.toString(16)}`;
    },
  },
  ...namespaceFlags.map((name): Probe => ({
    id: `namespace-${name}`,
    thing: `${name} namespaces`,
    required: true,
    tested: `unshare --${name} --fork true`,
    cost: 'no lab can be made: it has all eight kinds',
    remedy: `Use a kernel with CONFIG_${name === 'mount' ? 'NAMESPACES' : `${name.toUpperCase()}_NS`}, and a user.max_${name === 'mount' ? 'mnt' : name}_namespaces above 0.`,
    look: () => {
      tryCommand('/usr/bin/unshare', [`--${name}`, '--fork', '/bin/true']);
      return 'made and left again';
    },
  })),
  {
    id: 'nested-user-namespaces',
    thing: 'user namespaces for ordinary users',
    required: false,
    tested: 'unshare --user as user 65534',
    cost: 'learners cannot make rootless containers in the lab',
    remedy:
      'sysctl kernel.unprivileged_userns_clone=1, and no AppArmor restriction of user namespaces.',
    look: () => {
      const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
      tryCommand('/usr/bin/setpriv', [...nobody, '/usr/bin/unshare', '--user', '/bin/true']);
      return 'made and left again';
    },
  },
  {
    id: 'seccomp',
    thing: 'the system call filter (seccomp, libseccomp)',
    required: true,
    tested: "libseccomp.so.2 loaded; errno among the kernel's actions",
    cost: 'labs could make system calls that no lesson needs: keeper does not start without the filter',
    remedy: 'apt-get install libseccomp2, and a kernel with CONFIG_SECCOMP_FILTER.',
    look: () => {
      openSeccompLibrary();
      const actions = readFileSync('/proc/sys/kernel/seccomp/actions_avail', 'utf8').trim();
      if (!actions.split(' ').includes('errno')) throw new Error(`the kernel has only ${actions}`);
      return actions;
    },
  },
  {
    id: 'proc-connector',
    thing: 'the proc connector: how processes end',
    required: false,
    tested: 'listened, then ran a process that ends with 7 and looked for its end',
    cost: 'checks of how a process was killed do not fall',
    remedy: 'Use a kernel with CONFIG_PROC_EVENTS, outside a network namespace.',
    look: () => {
      const connector = new ProcConnector();
      try {
        const { pid } = spawnSync('/bin/sh', ['-c', 'exit 7']);
        if (connector.drain().ends.some((end) => end.hostPid === pid && end.code === 7))
          return 'heard';
        throw new Error('listening works, but the end was not heard');
      } finally {
        connector.close();
      }
    },
  },
  {
    id: 'kill-senders',
    thing: 'the tracepoint signal:signal_generate: who sends signal 9',
    required: false,
    tested: 'listened, then killed a process and looked for the sender',
    cost: 'checks take a signal 9 of the kernel itself, as for a limit, for one that a process sent',
    remedy:
      'Where tracefs shows nothing: mount it at /sys/kernel/tracing, on a kernel with CONFIG_EVENT_TRACING. Where ' +
      'perf_event_open fails: use a kernel with CONFIG_PERF_EVENTS, outside a container whose filter refuses the call, ' +
      'and without lockdown=confidentiality. Where the sender was not heard: run outside a PID ' +
      'namespace, as a container has one, since the kernel tells the numbers of the first; otherwise it tells in a ' +
      'form that keeper does not read: please report that, with uname -a.',
    look: () => {
      const senders = new KillSenders();
      try {
        senders.test();
        return 'heard';
      } finally {
        senders.close();
      }
    },
  },
  ...programs.map(([path, name]): Probe => ({
    id: `program-${path.split('/').at(-1)}`,
    thing: path,
    required: true,
    tested: 'looked for an executable file',
    cost: 'no lab can be made',
    remedy: `apt-get install ${name}`,
    look: () => {
      accessSync(path, constants.X_OK);
      return 'there';
    },
  })),
];

function statusField(name: string): string {
  const line = readFileSync('/proc/self/status', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? '0';
}
