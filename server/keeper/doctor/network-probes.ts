// Probes of what the network chapters need, each in a network namespace that goes with the probe.
import { join } from 'node:path';
import { findTree } from '../ground.ts';
import type { Probe, ProbeContext } from './finding.ts';
import { tryCommand } from './try-command.ts';

const links = [
  ['veth', 'name v0 type veth peer name v1', 'containers cannot be wired to the lab'],
  ['bridge', 'name br0 type bridge', 'containers cannot share a switch'],
  ['macvlan', 'link v0 name m0 type macvlan', 'one exercise of the network chapter is lost'],
] as const;

export const networkProbes: readonly Probe[] = [
  ...links.map(([kind, words, cost]): Probe => ({
    id: `link-${kind}`,
    thing: `${kind} links`,
    required: false,
    tested: `ip link add of that type in a new network namespace`,
    cost,
    remedy: `modprobe ${kind} on the lab host; labs cannot load modules.`,
    look: () => {
      const before = kind === 'macvlan' ? 'ip link add v0 type veth peer name v1 && ' : '';
      tryCommand('/usr/bin/unshare', ['--net', '/bin/sh', '-c', `${before}ip link add ${words}`]);
      return 'added';
    },
  })),
  {
    id: 'nft-nat',
    thing: 'address translation by nftables',
    required: false,
    tested: "the labs' own nft added a masquerade rule in a new network namespace",
    cost: 'the step where containers reach another network is lost',
    remedy: 'modprobe nf_tables nft_chain_nat nft_masq on the lab host.',
    look: (context) => {
      addMasquerade(context);
      return 'added';
    },
  },
];

function addMasquerade({ stateDir }: ProbeContext): void {
  const tree = findTree(stateDir);
  const rule = [
    'add table ip t',
    'add chain ip t c { type nat hook postrouting priority 100 ; }',
    'add rule ip t c masquerade',
  ].join('; ');
  tryCommand('/usr/bin/unshare', ['--net', '/usr/sbin/chroot', join(tree), '/usr/sbin/nft', rule]);
}
