// What a command sets without making or ending anything, in words: addresses, routes, rules, limits, options of mounts,
// and what processes may do. Counters alone are no change.
import { describe, expect, test } from 'vitest';
import { sumUp } from '../../../app/lab-client/sum-up.ts';
import { compareViews, keysOf } from '../../../app/lab-client/xray-changes.ts';
import { numberNamespaces } from '../../../app/lab-client/xray-store.ts';
import { xrayEn } from '../../../app/ui/texts/xray-en.ts';
import { xrayFr } from '../../../app/ui/texts/xray-fr.ts';
import { sayChanges } from '../../../app/ui/xray/say-changes.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type {
  ObservedLink,
  ObservedNetwork,
  ObservedRule,
} from '../../../server/protocol/network.ts';
import type { ObservedGroup, Propagation } from '../../../server/protocol/snapshot.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';
import {
  labNamespaces,
  makeCapabilities,
  makeProcess,
  makeSnapshot,
  makeUser,
  rootfsProcMount,
  type LabState,
} from '../checks/lab-builder.ts';
import { makeLink, makeNetwork } from '../checks/network-builder.ts';

const { net } = labNamespaces;
const seen = (state: LabState): XrayView =>
  viewOf(makeSnapshot(state), state.networks ?? undefined);

/** Of all looks together, as the line below the picture has it. */
function say(states: readonly LabState[], texts = xrayEn): string[] {
  const views = states.map(seen);
  const changes = views.flatMap((view, index) => compareViews(views[index - 1] ?? view, view));
  const [last = seen({})] = views.slice(-1);
  return sayChanges(sumUp(changes), { texts, instances: numberNamespaces(undefined, last) });
}

const network = (links: ObservedLink[], over: Partial<ObservedNetwork> = {}): LabState => ({
  networks: { [net]: makeNetwork(links, over) },
});
const bridge = makeLink(3, { name: 'br0', kind: 'bridge' });
const rule = (over: Partial<ObservedRule> = {}): ObservedRule => ({
  family: 'ip',
  table: 'nat',
  chain: 'POSTROUTING',
  hook: 'postrouting',
  type: 'nat',
  handle: 5,
  matches: [{ field: 'source', not: false, value: '10.0.0.0/24' }],
  more: false,
  action: 'masquerade',
  to: null,
  counted: { packets: 3, bytes: 252 },
  ...over,
});

describe('of a network it is said', () => {
  const bare = network([makeLink(2)]);
  const addressed = network(
    [
      makeLink(2, {
        addresses: [
          { address: '10.0.0.1', prefix: 24 },
          { address: 'fe80::1', prefix: 64 },
        ],
      }),
    ],
    {
      routes: [
        { destination: 'default', gateway: '10.0.0.254', link: 2 },
        { destination: 'fe80::/64', gateway: null, link: 2 },
      ],
    },
  );

  test('that a device has an address, and where a route leads, in both languages and when they go', () => {
    expect(say([bare, addressed])).toEqual([
      'dev2 has the address 10.0.0.1/24 (the lab’s network)',
      'new route to everywhere else by way of 10.0.0.254 on dev2 (the lab’s network)',
    ]);
    expect(say([bare, addressed], xrayFr)).toEqual([
      'dev2 a l’adresse 10.0.0.1/24 (le réseau du labo)',
      'nouvelle route vers partout ailleurs en passant par 10.0.0.254 sur dev2 (le réseau du labo)',
    ]);
    expect(say([addressed, bare])).toEqual([
      'dev2 no longer has the address 10.0.0.1/24 (the lab’s network)',
      'the route to everywhere else by way of 10.0.0.254 on dev2 is gone (the lab’s network)',
    ]);
    expect(say([bare, addressed, bare])).toEqual([]);
  });

  test('of a device that comes with its address: both; of one that goes: that alone', () => {
    expect(say([network([]), addressed])).toEqual([
      'new device dev2 (veth, the lab’s network)',
      'dev2 has the address 10.0.0.1/24 (the lab’s network)',
      'new route to everywhere else by way of 10.0.0.254 on dev2 (the lab’s network)',
    ]);
    expect(say([addressed, network([])])).toEqual(['device dev2 is gone (the lab’s network)']);
    expect(say([network([]), bare, addressed, network([])])).toEqual([]);
  });

  test('nothing of a rule by the index of a device that is called otherwise, or is no more', () => {
    const by = (value: string, index?: number) =>
      network([], {
        rules: [
          rule({
            matches: [
              { field: 'in', not: false, value, ...(index === undefined ? {} : { index }) },
            ],
          }),
        ],
      });
    expect(say([by('veth0', 7), by('eth0', 7)])).toEqual([]);
    expect(say([by('veth0', 7), by('', 7)])).toEqual([]);
    expect(say([by('veth0', 7), by('veth0', 8)])).toHaveLength(2);
    expect(say([by('veth0'), by('eth0')])).toHaveLength(2);
  });

  test('that a rule was added, replaced, or taken out, and nothing when it counts', () => {
    const [none, one] = [network([]), network([], { rules: [rule()] })];
    expect(say([none, one])).toEqual([
      'new rule in nat POSTROUTING: from 10.0.0.0/24 → masquerade (the lab’s network)',
    ]);
    expect(say([none, one], xrayFr)).toEqual([
      'nouvelle règle dans nat POSTROUTING\u202f: de 10.0.0.0/24 → masquer la source (le réseau du labo)',
    ]);
    const counted = network([], { rules: [rule({ counted: { packets: 99, bytes: 9999 } })] });
    expect(say([one, counted])).toEqual([]);
    const other = network([], { rules: [rule({ action: 'accept' })] });
    expect(say([counted, other])).toEqual([
      'new rule in nat POSTROUTING: from 10.0.0.0/24 → accept (the lab’s network)',
      'a rule in nat POSTROUTING is gone: from 10.0.0.0/24 → masquerade (the lab’s network)',
    ]);
    const many = network([], { rules: [1, 2, 3, 4, 5].map((handle) => rule({ handle })) });
    expect(say([none, many])).toEqual(['5 new rules (the lab’s network)']);
    expect(say([many, none], xrayFr)).toEqual(['5 règles ont disparu (le réseau du labo)']);
  });

  test('nothing of a list that may have been cut', () => {
    const rules = (from: number) =>
      Array.from({ length: 128 }, (_, index) => rule({ handle: from + index }));
    expect(say([network([], { rules: rules(1) }), network([], { rules: rules(2) })])).toEqual([]);
  });

  test('that a device is on, off, named otherwise, or the port of a bridge, and what it is in the end', () => {
    const off = network([makeLink(2, { up: false }), bridge]);
    const on = network([makeLink(2), bridge]);
    const port = network([makeLink(2, { bridge: 3, name: 'lan0' }), bridge]);
    expect(say([off, on])).toEqual(['device dev2 is on (the lab’s network)']);
    expect(say([on, off], xrayFr)).toEqual(['l’interface dev2 est éteinte (le réseau du labo)']);
    expect(say([on, port])).toEqual([
      'device dev2 is now called lan0 (the lab’s network)',
      'lan0 is now a port of br0',
    ]);
    expect(say([port, on], xrayFr)).toEqual([
      'l’interface lan0 s’appelle désormais dev2 (le réseau du labo)',
      'dev2 n’est plus un port de br0',
    ]);
    expect(say([off, on, off])).toEqual([]);
    expect(say([off, on, off, on])).toEqual(['device dev2 is on (the lab’s network)']);
    expect(say([on, port, on])).toEqual([]);
  });

  test('by lighting what is meant', () => {
    const changes = compareViews(seen(bare), seen(addressed));
    expect(keysOf(changes)).toEqual(
      new Set([`link:${net}:2`, `route:${net}:default 10.0.0.254 2`]),
    );
  });
});

describe('of a cgroup it is said', () => {
  const cage = (processes: number | null, used = 1): LabState => {
    const group: ObservedGroup = {
      path: '/cage',
      memory: { used: used * 4096, limit: processes === null ? null : 32 * 1024 * 1024, kills: 0 },
      processes: { used, limit: processes, refused: 0 },
      processor: { usedMicroseconds: used, cores: processes === null ? null : 0.5, throttled: 0 },
    };
    return { groups: [group] };
  };

  test('that it was made and removed, and what it may, in both languages; of its use nothing', () => {
    expect(say([{}, cage(100)])).toEqual([
      'new cgroup /cage',
      '/cage may use 32 MiB of memory',
      '/cage may have 100 processes',
      '/cage may use 0.5 processors',
    ]);
    expect(say([{}, cage(100)], xrayFr)).toEqual([
      'nouveau cgroup /cage',
      '/cage a droit à 32 Mio de mémoire',
      '/cage a droit à 100 processus',
      '/cage a droit à 0,5 processeur',
    ]);
    expect(say([cage(100), cage(null)])).toEqual([
      '/cage may use any amount of memory',
      '/cage may have any number of processes',
      '/cage may use all processors',
    ]);
    expect(say([cage(100), cage(100, 90)])).toEqual([]);
    expect(say([cage(100), {}])).toEqual(['cgroup /cage is gone']);
    expect(say([{}, cage(100), {}])).toEqual([]);
    expect(say([cage(100), cage(null), cage(100)])).toEqual([]);
  });
});

describe('of a process and its cgroup it is said', () => {
  const member = (group: string): LabState => ({ processes: [makeProcess(40, { group })] });

  test('that it was put into another, in both languages, and not when it was put back', () => {
    expect(say([member('/'), member('/cage')])).toEqual(['sh (PID 40) is now in the cgroup /cage']);
    expect(say([member('/'), member('/cage')], xrayFr)).toEqual([
      'sh (PID 40) est désormais dans le cgroup /cage',
    ]);
    expect(say([member('/'), member('/cage'), member('/')])).toEqual([]);
  });
});

describe('of a mount it is said', () => {
  const at = (over: Partial<typeof rootfsProcMount>): LabState => ({
    mounts: [{ ...rootfsProcMount, target: '/mnt', ...over }],
  });

  test('which options it has gained and lost, and how it propagates', () => {
    const readOnly = at({ options: ['ro', 'noexec', 'relatime'] });
    expect(say([at({}), readOnly])).toEqual([
      '/mnt has other options: ro, noexec, no longer rw (the lab’s)',
    ]);
    expect(say([at({}), readOnly], xrayFr)).toEqual([
      '/mnt a d’autres options\u202f: ro, noexec, et non plus rw (celui du labo)',
    ]);
    const shared = at({ propagation: 'shared', peerGroup: 12 });
    expect(say([at({}), shared])).toEqual(['/mnt is now shared, no longer private (the lab’s)']);
    expect(say([shared, at({ propagation: 'shared', peerGroup: 13 })])).toEqual([]);
    expect(say([at({}), readOnly, at({})])).toEqual([]);
  });

  test('of many that propagate otherwise, one sentence', () => {
    const mounts = (propagation: Propagation): LabState => ({
      mounts: [1, 2, 3, 4, 5].map((id) =>
        Object.assign({}, rootfsProcMount, { id, target: `/${id}`, propagation }),
      ),
    });
    expect(say([mounts('private'), mounts('shared')])).toEqual([
      '5 mounts are now shared (the lab’s)',
    ]);
  });

  test('that it went and another came, though the kernel gave that the same number', () => {
    expect(say([at({}), at({ target: '/srv', type: 'tmpfs' })])).toEqual([
      'tmpfs mounted at /srv (the lab’s)',
      '/mnt unmounted (the lab’s)',
    ]);
    const [a, b] = [at({}), at({ target: '/srv' })];
    expect(say([a, {}, b])).toEqual([
      '/mnt unmounted (the lab’s)',
      'proc mounted at /srv (the lab’s)',
    ]);
  });
});

describe('of a living process it is said', () => {
  const as = (over: Parameters<typeof makeProcess>[1]): LabState => ({
    processes: [makeProcess(40, over)],
  });
  const all = { capabilities: makeCapabilities('1ffffffffff') };

  test('who it is now, and which capabilities it gained and lost', () => {
    const student = as({ ...all, user: makeUser(1000) });
    expect(say([as(all), student])).toEqual([
      'sh (PID 40) is now student (1000), no longer root (0)',
    ]);
    const inside = { real: 0, effective: 0 };
    const shut = as({ ...all, user: { ...makeUser(1000), inside } });
    expect(say([student, shut])).toEqual([
      'sh (PID 40) is now student (1000) on the lab and root (0) inside, no longer student (1000)',
    ]);
    expect(say([student, shut], xrayFr)).toEqual([
      'sh (PID 40) est désormais student (1000) sur le labo et root (0) à l’intérieur, et non plus student (1000)',
    ]);
    const less = as({ capabilities: makeCapabilities('1ffffffdfff') });
    expect(say([as(all), less])).toEqual(['sh (PID 40) has lost net_raw']);
    expect(say([less, as(all)], xrayFr)).toEqual(['sh (PID 40) a gagné net_raw']);
    expect(say([as(all), as({})])).toEqual(['sh (PID 40) has lost 41 capabilities']);
    expect(say([as(all), less, as(all)])).toEqual([]);
  });

  test('that its system calls are filtered, and that it gains no new privileges', () => {
    const free = as({ seccomp: 0 });
    const bound = as({ seccomp: 2, noNewPrivileges: true });
    expect(say([free, bound])).toEqual([
      'the system calls of sh (PID 40) are filtered',
      'sh (PID 40) can gain no new privileges any more',
    ]);
    expect(say([free, bound], xrayFr)).toEqual([
      'les appels système de sh (PID 40) sont filtrés',
      'sh (PID 40) ne peut plus acquérir de privilèges',
    ]);
  });

  test('nothing when it came and went within one command, whatever it became', () => {
    const other = as({ name: 'sudo', user: { real: 1000, effective: 0, inside: null } });
    expect(say([{}, as({}), other, {}])).toEqual([]);
  });
});
