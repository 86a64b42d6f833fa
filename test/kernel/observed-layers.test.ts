// Holds what keeper observes of overlays and of namespaces without a process against what the lab's own tools
// say of them, and keeper against file systems that a learner has made to be hard to look at.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OVERLAYS, type ObservedOverlay } from '../../server/protocol/snapshot-layers.ts';
import type {
  NamespaceKeeper,
  ObservedNamespace,
} from '../../server/protocol/snapshot-namespaces.ts';
import type { Snapshot } from '../../server/protocol/snapshot.ts';
import { observe } from './keeper-door.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  lab = await house.enter();
  await lab.run('true');
});

afterAll(() => house.close());

const look = () => observe(house.stateDir, lab.name, { drawn: true });

/** The overlay that is mounted at `target`, once what is looked for is seen: facts that took long are used again. */
function overlayAt(
  target: string,
  fits: (overlay: ObservedOverlay) => boolean = () => true,
): Promise<ObservedOverlay> {
  return until(`the overlay at ${target}`, async () => {
    const snapshot = await look();
    const overlay = snapshot.overlays.find((one) => placesOf(one, snapshot).includes(target));
    return overlay !== undefined && fits(overlay) && overlay;
  });
}

function placesOf({ mounts }: ObservedOverlay, snapshot: Snapshot): string[] {
  return mounts.flatMap(({ namespace, id }) =>
    (snapshot.mounts[namespace] ?? []).flatMap((mount) => (mount.id === id ? mount.target : [])),
  );
}

/** The lab has no program for extended attributes (asm/unistd.h: x86-64, arm64). */
const calls = process.arch === 'arm64' ? { set: 5, get: 8 } : { set: 188, get: 191 };

const setAttribute = (path: string, name: string, value: string): string =>
  `perl -e 'syscall(${calls.set}, $ARGV[0], $ARGV[1], $ARGV[2], length $ARGV[2], 0) == 0 or die $!' ${path} ${name} ${value}`;

const getAttribute = (path: string, name: string): string =>
  `perl -e '$v = "\\0" x 64; $n = syscall(${calls.get}, $ARGV[0], $ARGV[1], $v, 64); print substr($v, 0, $n) if $n > 0' ${path} ${name}`;

describe('[L11] overlays', () => {
  test('[L11] of more overlays than are told the first are there, and the others counted', async () => {
    const count = OVERLAYS + 3;
    await lab.sudo(`mkdir -p /tmp/many && cd /tmp/many && for i in $(seq ${count}); do
      mkdir -p l$i u$i w$i m$i; touch l$i/f
      mount -t overlay -o lowerdir=l$i,upperdir=u$i,workdir=w$i,userxattr overlay m$i; rm m$i/f; done`);
    const said = await lab.sudo('findmnt -rno TARGET -t overlay | grep -c ^/tmp/many/');
    expect(Number(said.output)).toBe(count);
    const snapshot = await until('all of them', async () => {
      const seen = await look();
      return seen.moreOverlays === 3 && seen;
    });
    const places = snapshot.overlays.map((one) => placesOf(one, snapshot)[0]);
    expect(places).toEqual(Array.from({ length: OVERLAYS }, (_, i) => `/tmp/many/m${i + 1}`));
    expect(snapshot.overlays.map(({ holds }) => holds?.whiteouts)).toEqual(
      Array.from({ length: OVERLAYS }, () => ['f']),
    );
    await lab.sudo('umount /tmp/many/m*; rm -r /tmp/many');
  });

  test('[L11] layers, whiteouts and opaque directories are those that findmnt, find and getxattr show', async () => {
    await lab.sudo(`cd /home/student; mkdir -p 'a,b:c' o/low/etc o/low/keep/deep o/up o/work o/merged; cd o
      touch low/etc/motd low/etc/passwd low/keep/deep/file low/gone
      mount -t overlay -o 'lowerdir=/home/student/a\\,b\\:c:/home/student/o/low,upperdir=/home/student/o/up,workdir=/home/student/o/work,userxattr' overlay merged
      cd merged; rm gone etc/motd; rm -r keep; mkdir keep; echo new > keep/made; echo x >> etc/passwd`);
    const overlay = await overlayAt(
      '/home/student/o/merged',
      ({ holds }) => (holds?.files.length ?? 0) > 1,
    );
    const { output } = await lab.sudo(`cd /home/student/o/up
      findmnt -no OPTIONS /home/student/o/merged
      find . -type c -printf 'whiteout %P %y\\n' | sort
      find . -type f -printf 'file %P\\n' | sort
      for d in $(find . -mindepth 1 -type d -printf '%P '); do
        [ "$(${getAttribute('$d', 'user.overlay.opaque')})" = y ] && echo opaque $d; done; true`);
    const said = (word: string): string[] =>
      output
        .split('\n')
        .flatMap((line) => (line.startsWith(`${word} `) ? [line.split(' ')[1] ?? ''] : []));
    expect(overlay).toMatchObject({
      lowers: ['/home/student/a,b:c', '/home/student/o/low'],
      upper: '/home/student/o/up',
      work: '/home/student/o/work',
    });
    expect(output).toContain('upperdir=/home/student/o/up,workdir=/home/student/o/work');
    expect(overlay.holds).toEqual({
      whiteouts: said('whiteout'),
      opaques: said('opaque'),
      files: said('file'),
      isCut: false,
    });
    expect(overlay.holds?.whiteouts).toEqual(['etc/motd', 'gone']);
    expect(overlay.holds?.opaques).toEqual(['keep']);
    expect(overlay.holds?.files).toEqual(['etc/passwd', 'keep/made']);
  });

  test('[L11] names of layers that begin at a working directory are found from there, in every mount namespace', async () => {
    await lab.run(
      `mkdir -p r/lower r/upper r/work r/merged; echo 1 > r/lower/f; (sudo unshare -m sh -c 'cd r; mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr overlay merged; rm merged/f; exec sleep 2001' </dev/null >/dev/null 2>&1 &)`,
    );
    const overlay = await overlayAt(
      '/home/student/r/merged',
      ({ holds }) => holds?.whiteouts.length === 1,
    );
    expect(overlay).toMatchObject({
      lowers: ['/home/student/r/lower'],
      upper: '/home/student/r/upper',
      work: '/home/student/r/work',
      holds: { whiteouts: ['f'], opaques: [], files: [], isCut: false },
    });
    await lab.sudo('pkill -fx "sleep 2001"');
  });

  test('[L11] a file with the attribute of a whiteout is one, in a directory that may have such', async () => {
    await lab.sudo(`cd /home/student; mkdir -p x/low x/up/d x/work x/merged; touch x/up/d/hidden x/up/d/plain
      ${setAttribute('x/up/d', 'user.overlay.opaque', 'x')}
      ${setAttribute('x/up/d/hidden', 'user.overlay.whiteout', 'y')}
      mknod x/up/hole c 0 0; mknod x/up/null c 1 3 || true
      cd x; mount -t overlay -o lowerdir=low,upperdir=up,workdir=work,userxattr overlay merged`);
    const { holds } = await overlayAt('/home/student/x/merged');
    expect(holds).toMatchObject({
      whiteouts: ['d/hidden', 'hole'],
      opaques: [],
      files: ['d/plain'],
    });
  });

  test('[L11] the lab’s own root and what is bound from it is no overlay of the learner, in any namespace', async () => {
    await lab.run(
      `mkdir -p copy; (sudo unshare -m sh -c 'mount --bind /usr copy; exec sleep 2002' </dev/null >/dev/null 2>&1 &); until pgrep -fx 'sleep 2002'; do sleep 0.05; done`,
    );
    const snapshot = await look();
    const own = Object.values(snapshot.mounts)
      .flat()
      .filter(({ type }) => type === 'overlay');
    expect(own.length).toBeGreaterThan(2);
    expect(snapshot.overlays.flatMap((one) => placesOf(one, snapshot))).not.toContain('/');
    expect(JSON.stringify(snapshot.overlays)).not.toContain('disk/upper');
    await lab.sudo('pkill -fx "sleep 2002"');
  });

  test('[L11] [A63] of ten thousand entries, a long way down, a look takes some and says that it is cut', async () => {
    await lab.sudo(`cd /home/student; mkdir -p big/low big/up/1/2/3/4/5/6/7 big/work big/merged; cd big
      touch up/1/2/3/4/5/6/7/deep; mkdir up/many; (cd up/many; seq 10000 | xargs touch; seq -f d%g 600 | xargs mkdir)
      mount -t overlay -o lowerdir=low,upperdir=up,workdir=work,userxattr overlay merged`);
    const { holds } = await overlayAt('/home/student/big/merged');
    expect(holds?.isCut).toBe(true);
    expect(holds?.files).toHaveLength(64);
    expect(holds?.files.join(' ')).not.toContain('deep');
  });

  test('[L11] [A63] links, FIFOs and mounts in the way of an upper layer are not followed, opened or crossed', async () => {
    await lab.sudo(`cd /home/student; mkdir -p m/low m/up/under m/work m/merged; cd m
      mount -t overlay -o lowerdir=$PWD/low,upperdir=$PWD/up,workdir=$PWD/work,userxattr overlay merged
      mkfifo up/fifo; ln -s /etc up/link; mount -t tmpfs none up/under; touch up/under/else`);
    const there = await overlayAt(
      '/home/student/m/merged',
      ({ holds }) => holds?.files.length === 2,
    );
    expect(there.holds?.files).toEqual(['fifo', 'link']);
    expect(
      await lab.sudo(`cd /home/student/m; umount up/under && mv up moved && ln -s moved up`),
    ).toEqual({ output: '', code: 0 });
    expect(await overlayAt('/home/student/m/merged', ({ holds }) => holds === null)).toMatchObject({
      upper: '/home/student/m/up',
    });
    await lab.sudo(`cd /home/student/m; rm up; mkfifo up`);
    expect((await overlayAt('/home/student/m/merged')).holds).toBeNull();
    // Another overlay in the way might have a layer on FUSE: its own lookups would wait for that.
    await lab.sudo(`cd /home/student/m; rm up; mkdir -p via/low via/up via/work via/merged
      mount -t overlay -o lowerdir=via/low,upperdir=via/up,workdir=via/work,userxattr overlay via/merged
      mkdir via/merged/t; mount -t tmpfs none via/merged/t; cd via/merged/t; mkdir low up work merged
      mount -t overlay -o lowerdir=$PWD/low,upperdir=$PWD/up,workdir=$PWD/work,userxattr overlay merged`);
    const beyond = await overlayAt('/home/student/m/via/merged/t/merged');
    expect(beyond).toMatchObject({ upper: '/home/student/m/via/merged/t/up', holds: null });
  });

  test('[L11] nothing of this is read while nobody looks', async () => {
    expect((await look()).overlays.length).toBeGreaterThan(3);
    const { overlays, moreOverlays, namespaces } = await observe(house.stateDir, lab.name);
    expect({ overlays, moreOverlays, namespaces }).toEqual({
      overlays: [],
      moreOverlays: 0,
      namespaces: [],
    });
  });
});

describe('[L11] namespaces without a process', () => {
  /** The first namespace of which `fits` is true. */
  function namespaceThat(fits: (one: ObservedNamespace) => boolean): Promise<ObservedNamespace> {
    return until('the namespace', async () => (await look()).namespaces.find(fits));
  }
  const keptAt = (target: string) => (one: ObservedNamespace) =>
    one.keepers.some((keeper) => keeper.by === 'mount' && keeper.target === target);

  test('[L11] one that ip netns made is kept by its mount, and is gone with it', async () => {
    const { output, code } = await lab.sudo('ip netns add box && stat -Lc %i /run/netns/box');
    expect(code).toBe(0);
    const seen = await namespaceThat(keptAt('/run/netns/box'));
    const snapshot = await look();
    expect(seen).toMatchObject({
      kind: 'net',
      id: output,
      owner: snapshot.lab.namespaces.user,
      parent: null,
    });
    expect(seen.keepers[0]).toMatchObject({ by: 'mount', namespace: snapshot.lab.namespaces.mnt });
    await lab.sudo('ip netns del box');
    await until('its end', async () => !(await look()).namespaces.some(({ id }) => id === output));
  });

  test('[L11] one that unshare bound to a file, and one that a descriptor alone keeps', async () => {
    await lab.sudo('touch /tmp/net; unshare --net=/tmp/net true');
    await lab.run(
      `(sudo unshare --net bash -c 'exec 5</proc/self/ns/net; exec nsenter --net=/proc/1/ns/net sleep 2003' </dev/null >/dev/null 2>&1 &)`,
    );
    const bound = await namespaceThat(keptAt('/tmp/net'));
    const { output } = await lab.sudo(
      `stat -Lc %i /tmp/net; until pid=$(pgrep -fx 'sleep 2003'); do sleep 0.05; done; echo $pid; readlink /proc/$pid/fd/5`,
    );
    const [file = '', pid, link] = output.split('\n');
    expect(bound).toMatchObject({ kind: 'net', id: file });
    const keeper: NamespaceKeeper = { by: 'descriptor', pid: Number(pid), descriptor: 5 };
    const held = await namespaceThat(({ keepers }) =>
      keepers.some((one) => one.by === 'descriptor' && one.pid === Number(pid)),
    );
    expect(held.keepers).toEqual([keeper]);
    expect(`net:[${held.id}]`).toBe(link);
    await lab.sudo(`pkill -fx 'sleep 2003'; umount /tmp/net`);
    const gone = new Set([held.id, file]);
    await until('their end', async () => !(await look()).namespaces.some(({ id }) => gone.has(id)));
  });

  test('[L11] owners and parents are those that lsns shows', async () => {
    await lab.run(
      `(unshare -Urpf unshare -Urnpf --kill-child sleep 2004 </dev/null >/dev/null 2>&1 &); until pgrep -fx 'sleep 2004'; do sleep 0.05; done`,
    );
    const { output } = await lab.sudo(
      `lsns -nro NS,TYPE,PNS,ONS -p $(pgrep -fx 'sleep 2004') | grep -E ' (user|pid|net) '`,
    );
    const lines = output.split('\n').map((line) => line.split(' '));
    const snapshot = await until('the namespaces', async () => {
      const seen = await look();
      return lines.every(([id]) => seen.namespaces.some((one) => one.id === id)) && seen;
    });
    expect(new Set(lines.map(([, kind]) => kind))).toEqual(new Set(['net', 'pid', 'user']));
    for (const [id, kind, parent, owner] of lines) {
      const seen = snapshot.namespaces.find((one) => one.id === id);
      expect(seen, `${kind} ${id}`).toMatchObject({
        kind,
        owner,
        parent: kind === 'net' ? null : parent,
      });
      expect(seen?.keepers).toEqual([]);
    }
    await lab.run('pkill -f "sleep 2004"');
  });

  test('[L11] [A63] a file that takes the place of a namespace’s is not opened', async () => {
    await lab.sudo(
      `mkdir /tmp/f; touch /tmp/f/n; unshare --uts=/tmp/f/n true; mount -t tmpfs none /tmp/f; mkfifo /tmp/f/n`,
    );
    const covered = await namespaceThat(keptAt('/tmp/f/n'));
    expect(covered).toMatchObject({ kind: 'uts', owner: null });
    await lab.sudo('umount /tmp/f; umount /tmp/f/n');
  });
});
