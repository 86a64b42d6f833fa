// Holds the rules that keeper observes in a network, of nft and of iptables, against what `nft -j` says of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ObservedRule } from '../../server/protocol/network.ts';
import { KernelHouse } from './kernel-house.ts';
import type { LearnerLab } from './learner-lab.ts';
import { linkOf, lookAtNetworks } from './network-look.ts';

let house: KernelHouse;
let lab: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  lab = await house.enter();
  await lab.sudo(
    [
      'ip netns add red; ip link add br0 type bridge; ip addr add 10.77.0.1/24 dev br0',
      'ip link set br0 up; ip link add to-red type veth peer name eth0 netns red',
      'ip link set to-red master br0 up; ip -n red addr add 10.77.0.2/24 dev eth0',
      'ip -n red link set eth0 up; ip link add quiet type bridge; ip link add brief type bridge',
      'iptables -t nat -A POSTROUTING -s 10.77.0.0/24 ! -o br0 -j MASQUERADE',
      'iptables -t nat -A OUTPUT -p tcp -d 10.77.0.9 --dport 80 -j DNAT --to-destination 10.77.0.2:8080',
      'nft add table inet guard',
      `nft 'add chain inet guard in { type filter hook input priority 0; }'`,
      'nft add rule inet guard in iifname br0 icmp type echo-request counter accept',
    ].join('\n'),
  );
});

afterAll(() => house.close());

/** Rules of the lab's own network, all or those of one table. */
async function look(name?: string): Promise<ObservedRule[]> {
  const { own, networks } = await lookAtNetworks(lab);
  const rules = networks[own]?.rules ?? [];
  return rules.filter(({ table }) => name === undefined || table === name);
}

async function load(ruleset: string): Promise<void> {
  expect(await lab.sudo(`nft -f - <<'RULES'\n${ruleset}\nRULES`)).toEqual({ output: '', code: 0 });
}

describe('[L11] rules of a network', () => {
  test('rules say what packets meet, of iptables and of nft, and count as nft -j does', async () => {
    await lab.sudo('ip netns exec red ping -c 2 -i 0.2 10.77.0.1');
    const rules = await look();
    const masquerade = rules.find(({ action }) => action === 'masquerade');
    expect(masquerade).toMatchObject({ type: 'nat', hook: 'postrouting', family: 'ip', to: null });
    expect(masquerade?.matches).toEqual([
      { field: 'out', not: true, value: 'br0' },
      { field: 'source', not: false, value: '10.77.0.0/24' },
    ]);
    const forward = rules.find(({ action }) => action === 'dnat');
    expect(forward).toMatchObject({ hook: 'output', to: '10.77.0.2:8080' });
    expect(forward?.matches).toEqual(
      expect.arrayContaining([
        { field: 'destination', not: false, value: '10.77.0.9' },
        { field: 'protocol', not: false, value: 'tcp' },
        { field: 'destination-port', not: false, value: '80' },
      ]),
    );
    const { output } = await lab.sudo('nft -j list table inet guard');
    const counted = /"counter": \{"packets": (\d+), "bytes": (\d+)\}/.exec(output) ?? [];
    const guard = rules.find(({ table }) => table === 'guard');
    expect(guard).toMatchObject({ family: 'inet', chain: 'in', hook: 'input', action: 'accept' });
    expect(guard?.matches).toContainEqual({ field: 'in', not: false, value: 'br0' });
    expect(guard?.counted).toEqual({ packets: Number(counted[1]), bytes: Number(counted[2]) });
    expect(guard?.counted?.packets).toBeGreaterThan(0);
  });

  test('what else a packet must fit is told to be there, and never as another match nor as none', async () => {
    await load(`table ip others { chain c {
  type filter hook input priority 5; policy accept;
  tcp dport 22 ct state new drop
  ct state established accept
  meta iiftype loopback accept
  tcp dport 8080-8090 accept
  ip saddr 10.9.0.0/16 tcp dport 443 accept
  tcp dport & 255 == 22 accept
  counter log
  }
}`);
    const rules = await look('others');
    const tcp = { field: 'protocol', not: false, value: 'tcp' };
    const port = (value: string) => ({ field: 'destination-port', not: false, value });
    expect(rules.map(({ matches, more }) => ({ matches, more }))).toEqual([
      { matches: [tcp, port('22')], more: true },
      { matches: [], more: true },
      { matches: [], more: true },
      { matches: [tcp], more: true },
      {
        matches: [{ field: 'source', not: false, value: '10.9.0.0/16' }, tcp, port('443')],
        more: false,
      },
      { matches: [tcp], more: true },
      { matches: [], more: false },
    ]);
    await lab.sudo('nft delete table ip others');
  });

  test('a device is told by its name, whether a rule compares that or its number', async () => {
    await load(`table ip gates {
  chain leaves { type nat hook postrouting priority 100;
    ip saddr 10.77.0.0/24 oif != "br0" masquerade
    ip saddr 10.77.0.0/24 oifname != "br0" masquerade
  }
  chain passes { type filter hook forward priority 5;
    iif "br0" oif "quiet" accept
    iifname "br0" oifname "quiet" accept
    iifname "br*" drop
    oif "brief" drop
  }
}`);
    const { own, networks } = await lookAtNetworks(lab);
    const numberOf = (name: string): number => linkOf(networks[own], name).index;
    await lab.sudo('ip link del brief');
    const said = await saidOf('gates');
    const rules = await look('gates');
    expect(rules.map(devicesOf)).toEqual(said);
    expect(rules.map(({ more }) => more)).toEqual(Array(6).fill(false));
    expect(rules.map(({ matches }) => matches.map(({ index }) => index))).toEqual([
      [undefined, numberOf('br0')],
      [undefined, undefined],
      [numberOf('br0'), numberOf('quiet')],
      [undefined, undefined],
      [undefined],
      [numberOf('brief')],
    ]);
    await lab.sudo('nft delete table ip gates');
  });
});

type Device = { key: string; not: boolean; value: unknown };

/** As nft(8) writes them: a device that is no more by its number. */
const devicesOf = ({ matches }: ObservedRule): Device[] =>
  matches
    .filter(({ field }) => field === 'in' || field === 'out')
    .map(({ field, not, value, index }) => ({
      key: `${field === 'in' ? 'i' : 'o'}if${index === undefined ? 'name' : ''}`,
      not,
      value: value === '' ? String(index) : value,
    }));

const saidSchema = z.object({
  nftables: z.array(
    z.object({
      rule: z
        .object({ expr: z.array(z.looseObject({ match: z.unknown().optional() })) })
        .optional(),
    }),
  ),
});
const matchSchema = z.object({
  op: z.enum(['==', '!=']),
  left: z.object({ meta: z.object({ key: z.string() }) }),
  right: z.unknown(),
});

/** What `nft -j` says that each rule of a table has of devices. */
async function saidOf(name: string): Promise<Device[][]> {
  const { output } = await lab.sudo(`nft -j list table ip ${name}`);
  return saidSchema.parse(JSON.parse(output)).nftables.flatMap(({ rule }) => {
    if (rule === undefined) return [];
    const matches = rule.expr.map(({ match }) => matchSchema.safeParse(match).data);
    return [
      matches.flatMap((match) =>
        match === undefined
          ? []
          : [{ key: match.left.meta.key, not: match.op === '!=', value: String(match.right) }],
      ),
    ];
  });
}
