// What a learner makes that looks like the kernel's own files of namespaces must not be taken for them. [L11]
import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObservedProcess, Snapshot } from '../../server/protocol/snapshot.ts';
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

const look = () => observe(house.stateDir, lab.name, { drawn: true, networks: true });

/** Number of the lab host's own network namespace, which no lab has. */
const hostNetwork = (): string => /\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0] ?? '';

/** Once the process that sleeps so long is seen. */
function sleeper(seconds: number): Promise<{ snapshot: Snapshot; seen: ObservedProcess }> {
  return until(`the sleeper of ${seconds}`, async () => {
    const snapshot = await look();
    const seen = snapshot.processes.find(
      ({ name, command }) => name === 'sleep' && command.at(-1) === String(seconds),
    );
    return seen !== undefined && { snapshot, seen };
  });
}

describe('[L11] [A63] look-alikes', () => {
  test('files, mounts and descriptors that are named like a namespace keep none', async () => {
    const name = `net:[${hostNetwork()}]`;
    // A mount that says it is nsfs, a file bound from it, and one whose mount is gone; a link by O_PATH, a file, a
    // deleted file, a memfd, all held open under that name.
    const { output, code } = await lab.sudo(`cd /tmp
      mkdir -p 'x - nsfs nsfs rw' fake; mount -t tmpfs nsfs 'x - nsfs nsfs rw'; mount -t tmpfs ${name} fake
      touch 'fake/${name}' bound gone; mount --bind 'fake/${name}' bound; mount --bind 'fake/${name}' gone
      ln -s '${name}' link; touch '${name}'
      cat > hold.pl <<'END'
use Fcntl; $^F = 99; $v = '${name}';
sysopen($a, '/tmp/link', 010000000 | 0400000) or die "link $!"; sysopen($b, '/tmp/${name}', O_RDWR) or die "file $!";
sysopen($c, '/tmp/gone', O_RDWR) or die "gone $!"; $n = syscall(${process.arch === 'arm64' ? 279 : 319}, $v, 0);
die "memfd $!" if $n < 0; exec 'sleep', '3301';
END
      (perl hold.pl </dev/null >/dev/null 2>/tmp/said &) ; until pgrep -fx 'sleep 3301' >/dev/null || [ -s said ]; do sleep 0.05; done
      umount -l gone; rm '${name}'; cat said; ls -l /proc/$(pgrep -fx 'sleep 3301')/fd | grep -c -F '${name}'`);
    expect({ output, code }).toEqual({ output: '2', code: 0 });
    const { snapshot } = await sleeper(3301);
    expect(snapshot.namespaces).toEqual([]);
    expect(Object.keys(snapshot.networks ?? {})).toEqual([snapshot.lab.namespaces.net]);
    expect(JSON.stringify(snapshot.mounts[snapshot.lab.namespaces.mnt])).toContain(name);
    await lab.sudo(
      `pkill -fx 'sleep 3301'; cd /tmp; umount bound fake 'x - nsfs nsfs rw'; rm -r fake 'x - nsfs nsfs rw' bound gone link hold.pl said`,
    );
  });

  test('a /proc of links, of a part of the lab’s and of mounts in it shows no namespace; a real one does', async () => {
    await lab.sudo(`mkdir -p /tmp/box/proc && cp -a /bin/busybox /tmp/box/ 2>/dev/null; cd /tmp/box
      mkdir -p usr/bin usr/lib; mount --bind /usr usr; ln -s usr/bin bin; ln -s usr/lib lib; ln -s usr/lib64 lib64
      (unshare -pf --kill-child chroot . sleep 3302 </dev/null >/dev/null 2>&1 &)`);
    const { seen } = await sleeper(3302);
    expect(seen.pids).toHaveLength(2);
    const inside = seen.namespaces?.pid ?? '';
    const shown = async (): Promise<string | null> => (await sleeper(3302)).seen.procNamespace;
    expect(await shown()).toBeNull();
    await lab.sudo(`cd /tmp/box/proc; mkdir -p 1/ns; ln -s 'pid:[${inside}]' 1/ns/pid`);
    expect(await shown()).toBeNull();
    await lab.sudo(`cd /tmp/box; mount --bind /proc/${seen.pid} proc; umount proc
      rm -r proc/1; mkdir proc/1; mount --bind /proc/${seen.pid} proc/1`);
    expect(await shown()).toBeNull();
    await lab.sudo(`cd /tmp/box; umount proc/1; rmdir proc/1 proc; ln -s real proc; mkdir real
      nsenter -t ${seen.pid} -p mount -t proc proc real`);
    expect(await shown()).toBeNull();
    await lab.sudo(`cd /tmp/box; umount real; rm proc; mkdir proc
      nsenter -t ${seen.pid} -p mount -t proc proc proc; mount -t tmpfs none proc/1`);
    expect(await shown()).toBeNull();
    await lab.sudo('umount /tmp/box/proc/1');
    expect(await shown()).toBe(inside);
    await lab.sudo(`pkill -fx 'sleep 3302'`);
  });

  test('a process that has ended and was not waited for is a zombie, as in ps, and is gone when it was', async () => {
    await lab.run(
      `(perl -e 'if (fork) { sleep 3303; wait; sleep 3304 } else { exit 7 }' </dev/null >/dev/null 2>&1 &)`,
    );
    const { output } = await lab.run(
      `until ps -eo pid=,ppid=,stat=,comm= | grep ' Z.* perl'; do sleep 0.05; done`,
    );
    const [pid, parent, state = '', name] = output.trim().split(/\s+/);
    const zombie = await until('the zombie', async () =>
      (await look()).processes.find((one) => one.pid === Number(pid)),
    );
    expect(zombie).toMatchObject({
      parent: Number(parent),
      state: state.charAt(0),
      name,
      command: [],
      executable: null,
      root: null,
      workingDirectory: null,
      namespaces: null,
    });
    expect(zombie.state).toBe('Z');
    // A signal ends the first sleep, and then it waits.
    await lab.run(`perl -e 'kill CONT => ${parent}'; kill ${parent}`);
    await until('its end', async () =>
      (await look()).processes.every((one) => one.pid !== Number(pid)),
    );
    expect((await look()).processes.every((one) => one.state !== 'Z')).toBe(true);
  });

  test('a zombie is seen whichever thread of its parent began it', async () => {
    // clone(2) with CLONE_VM, SIGHAND, VFORK and THREAD: the second thread goes on alone, on the stack of the first.
    await lab.run(`cat >/tmp/second.pl <<'PERL'
my $clone = \`uname -m\` =~ /^x86_64/ ? 56 : 220;
if (syscall($clone, 0x14900, 0, 0, 0, 0) == 0) { exit 7 if fork == 0; sleep 3306 }
PERL
(perl /tmp/second.pl </dev/null >/dev/null 2>&1 &)`);
    const { output } = await lab.run(
      `until ps -eo pid=,ppid=,stat=,comm= | grep ' Z.* perl'; do sleep 0.05; done`,
    );
    const [pid, parent] = output.trim().split(/\s+/).map(Number);
    const threads = await lab.run(
      `ls /proc/${parent}/task | wc -l; cat /proc/${parent}/task/${parent}/children`,
    );
    expect(threads.output.trim()).toBe('2');
    const zombie = await until('the zombie', async () =>
      (await look()).processes.find((one) => one.pid === pid),
    );
    expect(zombie).toMatchObject({ parent, state: 'Z', name: 'perl' });
    await lab.run(`kill -9 ${parent}; rm /tmp/second.pl`);
    await until('its end', async () => (await look()).processes.every((one) => one.pid !== pid));
    expect((await look()).processes.every((one) => one.state !== 'Z')).toBe(true);
  });
});
