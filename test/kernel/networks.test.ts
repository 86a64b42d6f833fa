// Holds what keeper observes in network namespaces against what `ip -j` says inside them; and that a namespace lives
// no longer for being looked at.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObservedNetwork } from '../../server/protocol/network.ts';
import { observe } from './keeper-door.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';
import { linkOf, lookAtNetworks, type NetworksSeen } from './network-look.ts';

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
      'ip -n red addr add fd00:0:0:77::2/64 dev eth0 nodad',
      'ip -n red link set eth0 up; ip -n red link set lo up',
      'ip -n red route add default via 10.77.0.1; ip link add quiet type bridge',
    ].join('\n'),
  );
});

afterAll(() => house.close());

const look = (): Promise<NetworksSeen> => lookAtNetworks(lab);

async function json(command: string): Promise<Record<string, unknown>[]> {
  const { output } = await lab.sudo(command);
  return JSON.parse(output) as Record<string, unknown>[];
}

const redOf = (networks: Record<string, ObservedNetwork>): [string, ObservedNetwork] => {
  const found = Object.entries(networks).find(([, { paths }]) => paths.includes('/run/netns/red'));
  if (found === undefined) throw new Error('red is not there');
  return found;
};

describe('[L11] networks', () => {
  test('are not looked into when nobody asks', async () => {
    expect((await observe(house.stateDir, lab.name)).networks).toBeNull();
  });

  test('links and addresses are those of ip -j, in the lab and where only a bind mount leads', async () => {
    const { own, networks } = await look();
    const [, red] = redOf(networks);
    expect(red).toMatchObject({ hasProcess: false, paths: ['/run/netns/red'] });
    for (const [command, network] of [
      ['ip -j -d -s addr', networks[own]],
      ['ip -n red -j -d -s addr', red],
    ] as const) {
      const said = await json(command);
      expect(network?.links.map(({ name }) => name)).toEqual(said.map(({ ifname }) => ifname));
      for (const each of said) {
        const link = linkOf(network, String(each['ifname']));
        const info = each['linkinfo'] as { info_kind?: string } | undefined;
        expect(link).toMatchObject({
          index: each['ifindex'],
          mtu: each['mtu'],
          up: (each['flags'] as string[]).includes('UP'),
          kind: info?.info_kind ?? 'loopback',
        });
        expect(link.mac ?? '00:00:00:00:00:00').toBe(each['address']);
        const addresses = each['addr_info'] as { local: string; prefixlen: number }[];
        expect(link.addresses).toEqual(
          addresses.map(({ local, prefixlen }) => ({ address: local, prefix: prefixlen })),
        );
      }
    }
  });

  test('the two ends of a veth know each other, and a bridge its port', async () => {
    const { own, networks } = await look();
    const [id, red] = redOf(networks);
    const [bridge, outer] = [linkOf(networks[own], 'br0'), linkOf(networks[own], 'to-red')];
    const inner = linkOf(red, 'eth0');
    expect(outer).toMatchObject({
      kind: 'veth',
      bridge: bridge.index,
      linked: { index: inner.index, namespace: id },
    });
    expect(inner.linked).toEqual({ index: outer.index, namespace: own });
    expect(linkOf(networks[own], 'quiet').linked).toBeNull();
  });

  test('routes are those of ip -j route', async () => {
    const { networks } = await look();
    const [, red] = redOf(networks);
    const said = await json('ip -n red -j route');
    const seen = red.routes.filter(({ destination }) => !destination.includes(':'));
    expect(seen).toEqual(
      said.map(({ dst, gateway }) => ({
        destination: dst,
        gateway: gateway ?? null,
        link: linkOf(red, 'eth0').index,
      })),
    );
  });

  test('counters of links move with what passes', async () => {
    const before = linkOf(redOf((await look()).networks)[1], 'eth0');
    await lab.sudo('ip netns exec red ping -c 3 -i 0.2 10.77.0.1');
    const after = linkOf(redOf((await look()).networks)[1], 'eth0');
    expect(after.sent.packets).toBeGreaterThanOrEqual(before.sent.packets + 3);
    expect(after.received.bytes).toBeGreaterThan(before.received.bytes);
  });

  test('one that only a descriptor keeps is seen, and goes with it', async () => {
    const hold =
      'exec unshare -n sleep 3101 & until [ $(readlink /proc/$!/ns/net) != $(readlink /proc/self/ns/net) ]; do sleep 0.05; done; exec 7</proc/$!/ns/net; kill $!; exec sleep 3102';
    await lab.run(`(sudo bash -c '${hold}' &) </dev/null >/dev/null 2>&1`);
    const kept = async (): Promise<boolean> =>
      Object.values((await look()).networks).some(
        ({ hasProcess, hasDescriptor }) => hasDescriptor && !hasProcess,
      );
    await until('the namespace that a descriptor keeps', kept);
    await lab.sudo('pkill -f "^sleep 3102"');
    await until('its end', async () => !(await kept()));
    expect(await kept()).toBe(false);
  });

  test('looking keeps none alive, and another lab sees none of it', async () => {
    const neighbour = await house.enter();
    await neighbour.run('true');
    const { networks } = await observe(house.stateDir, neighbour.name, { networks: true });
    expect(Object.values(networks ?? {}).map(({ links }) => links.map(({ name }) => name))).toEqual(
      [['lo']],
    );
    await lab.sudo('ip netns add short; ip link add to-short type veth peer name eth0 netns short');
    expect(linkOf((await look()).networks[(await look()).own], 'to-short').kind).toBe('veth');
    // Its veth goes with the namespace: when nothing holds it any more.
    await lab.sudo('ip netns del short');
    await until('the end of the veth', async () => {
      const { output } = await lab.sudo('ip -br link');
      return !output.includes('to-short');
    });
  });
});
