// Networks that cannot be asked in time, or are more than is asked: keeper gives up, leaves nothing behind, and asks
// again when it can. [L11]
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NetworkReader } from '../../server/keeper/observe/read-networks.ts';
import type { Sight } from '../../server/keeper/observe/read-lab.ts';
import { networkLimits } from '../../server/protocol/network.ts';
import { labNamespaces, labRoot, rootfsProcMount } from '../unit/checks/lab-builder.ts';
import { observe } from './keeper-door.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

describe('[L11] a network namespace behind a file system that nobody answers for', () => {
  let directory: string;
  let server: ChildProcess;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'late-'));
    // FUSE whose requests are never read: whoever opens a file there waits until killed (fuse, kernel docs).
    const script =
      'exec 9<>/dev/fuse && mount -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 none "$1" && exec sleep 600';
    server = spawn('bash', ['-c', script, 'bash', directory], { stdio: 'ignore' });
    await until<boolean>('the mount', () => !isUnmounted());
  });
  afterEach(async () => {
    server.kill();
    await until<boolean>('the end of the mount', () => {
      const umount = spawn('bash', ['-c', 'umount -l "$1"', 'bash', directory], {
        stdio: 'ignore',
      });
      return new Promise((resolve) => umount.on('exit', () => resolve(isUnmounted())));
    });
    rmSync(directory, { recursive: true });
  });
  const isUnmounted = (): boolean =>
    !readFileSync('/proc/self/mountinfo', 'utf8').includes(directory);

  const ofSelf = (kind: string): string =>
    /\d+/.exec(readlinkSync(`/proc/self/ns/${kind}`))?.[0] ?? '';
  const own = () => ({
    initPid: process.pid,
    lab: {
      namespaces: { ...labNamespaces, net: ofSelf('net'), mnt: ofSelf('mnt') },
      root: labRoot,
    },
  });
  /** What a learner who had FUSE could have mounted: the kernel says nsfs, and another file lies over it. */
  function sightWith(target: string | undefined): Sight {
    const mount = { ...rootfsProcMount, type: 'nsfs', root: 'net:[1]', target: target ?? '/none' };
    return {
      timeUsed: undefined,
      own: own().lab,
      proc: null,
      groups: [],
      moreGroups: 0,
      tellings: new Map(),
      processes: new Map(),
      found: [],
      told: [],
      mounts: { [ofSelf('mnt')]: target === undefined ? [] : [mount] },
      views: [],
      truncated: false,
    };
  }

  test('is given up, costs nobody else an answer, and its lab is asked again once nobody waits', async () => {
    const reader = new NetworkReader();
    const late = reader.read('lab', own(), sightWith(join(directory, 'net')));
    // Meanwhile: not asked twice for one lab, and asked for another.
    expect(await reader.read('lab', own(), sightWith(undefined))).toBeUndefined();
    const other = await reader.read('other', own(), sightWith(undefined));
    expect(Object.keys(other?.networks ?? {})).toEqual([ofSelf('net')]);
    expect(other?.missing).toBe(false);
    expect(await late).toBeUndefined();
    const again = await until('an answer', () => reader.read('lab', own(), sightWith(undefined)));
    expect(Object.keys(again.networks)).toEqual([ofSelf('net')]);
    // Where nothing is found at once, the others are told, and that one is missing.
    const partly = await reader.read('lab', own(), sightWith('/none'));
    expect(Object.keys(partly?.networks ?? {})).toEqual([ofSelf('net')]);
    expect(partly?.missing).toBe(true);
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1');
    expect(children.trim().split(' ').map(Number)).toEqual([server.pid]);
  });
});

describe('[L11] [A62] a lab full of networks', () => {
  let house: KernelHouse;
  let lab: LearnerLab;
  let neighbour: LearnerLab;
  beforeAll(async () => {
    house = await KernelHouse.open();
    [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
    await neighbour.run('true');
  });
  afterAll(() => house.close());

  test('is told as far as a look goes, while more come and go, and so is its neighbour', async () => {
    const many = networkLimits.links + 40;
    const { output, code } = await lab.sudo(`
      seq -f 'link add d%g type bridge' ${many} | ip -batch - && for n in $(seq 20); do
        ip netns add n$n && seq -f 'link add d%g type bridge' 40 | ip -n n$n -batch - || exit 9; done
      { echo 'table ip t { chain c {'; for i in $(seq 400); do echo "ip saddr 10.0.$((i / 256)).$((i % 256)) counter drop"; done; echo '}'; echo '}'; } | nft -f -`);
    expect({ output, code }).toEqual({ output: '', code: 0 });
    await lab.run(
      `(sudo bash -c 'while [ ! -e /tmp/enough ]; do ip netns add x; ip -n x link add y type veth peer name z; ip netns del x; done; touch /tmp/ended' </dev/null >/dev/null 2>&1 &)`,
    );
    let answered = 0;
    for (let index = 0; index < 20; index += 1) {
      const seen = await observe(house.stateDir, lab.name, { networks: true });
      const there = Object.values(seen.networks ?? {});
      answered += there.length > 0 ? 1 : 0;
      expect(there.length).toBeLessThanOrEqual(16);
      for (const { links, rules } of there) {
        expect(links.length).toBeLessThanOrEqual(networkLimits.links);
        expect(rules.length).toBeLessThanOrEqual(networkLimits.rules);
      }
      expect(seen.networks === null || seen.truncated).toBe(true);
      const beside = await observe(house.stateDir, neighbour.name, { networks: true });
      expect(Object.keys(beside.networks ?? {})).toEqual(
        beside.networks === null ? [] : [beside.lab.namespaces.net],
      );
    }
    expect(answered).toBeGreaterThan(0);
    await lab.run('touch /tmp/enough; until [ -e /tmp/ended ]; do sleep 0.05; done');
    await lab.sudo(`nft delete table ip t; for n in $(seq 20); do ip netns del n$n; done
      seq -f 'link del d%g' ${many} | ip -batch -`);
    const calm = await until('a whole answer', async () => {
      const seen = await observe(house.stateDir, lab.name, { networks: true });
      return seen.networks !== null && !seen.truncated && seen;
    });
    expect(Object.values(calm.networks ?? {}).map(({ links }) => links.length)).toEqual([1]);
  });

  // A kernel without the old tables, or with them as a module that nobody has loaded, cannot run it.
  test.skipIf(!existsSync('/proc/net/ip_tables_names'))(
    'rules that iptables-legacy has written are said to be there, and looking makes no table',
    async () => {
      await lab.sudo('ip netns add old; ip netns add new');
      const tablesOf = async (path: string) =>
        until(`the network of ${path}`, async () => {
          const { networks } = await observe(house.stateDir, lab.name, { networks: true });
          return Object.values(networks ?? {}).find(({ paths }) => paths.includes(path));
        }).then(({ legacyTables }) => legacyTables);
      expect(await tablesOf('/run/netns/old')).toEqual([]);
      const { code } = await lab.sudo(`old() { ip netns exec old "$@"; }
        old iptables-legacy -t nat -A POSTROUTING -s 10.1.0.0/16 -j MASQUERADE && old iptables-legacy -A INPUT -j DROP && old ip6tables-legacy -A INPUT -j DROP
        ip netns exec new iptables -A INPUT -j DROP`);
      expect(code).toBe(0);
      expect(await tablesOf('/run/netns/old')).toEqual([
        { family: 'ip', table: 'filter' },
        { family: 'ip', table: 'nat' },
        { family: 'ip6', table: 'filter' },
      ]);
      expect(await tablesOf('/run/netns/new')).toEqual([]);
      expect(namesFor(lab.init)).toBe('');
    },
  );
});

/** What the lab host reads of the tables in the network of a process. */
const namesFor = (pid: number): string =>
  readFileSync(`/proc/${pid}/net/ip_tables_names`, 'latin1');
