// Asks the kernel whether a lab's files are its own: root, mounts, devices, disk, and what is handed in at
// the door (environment, descriptors). Knows no process limit.
import { readFileSync, readdirSync, readlinkSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTree } from '../../server/keeper/ground.ts';
import { KernelHouse } from './kernel-house.ts';
import { mountsOf, wordsOf } from './kernel-view.ts';
import { openTerminal, type LearnerLab } from './learner-lab.ts';

const DISK_MIB = 96;
const MiB = 1024 * 1024;

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_LAB_DISK_MIB: String(DISK_MIB) });
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

describe('[L3] root', () => {
  test('[L3] the root is an overlay, put in place by pivot_root: the process is at the root of its namespace', () => {
    expect(mountsOf(lab.init)[0]).toMatchObject({ target: '/', type: 'overlay', source: 'lab' });
    // chroot(2) would leave mounts above, whose targets /proc/PID/mountinfo then does not show from /.
    expect(readlinkSync(`/proc/${lab.init}/root`)).toBe('/');
  });

  test('[L3] home, /root, /tmp and /var/lib lie on ext4, outside the overlay', () => {
    const types = new Map(mountsOf(lab.init).map(({ target, type }) => [target, type]));
    for (const target of ['/home', '/root', '/tmp', '/var/lib']) {
      expect(types.get(target), `type of ${target}`).toBe('ext4');
    }
  });

  test('[L3] no mount of the lab host is in the lab', () => {
    const shared = mountsOf(lab.init).filter(({ type, root, target }) => {
      const isCgroup = type.startsWith('cgroup');
      return (
        !isCgroup &&
        root !== '/' &&
        !['/home', '/tmp', '/var-lib', '/root'].includes(root) &&
        target !== '/'
      );
    });
    expect(shared).toEqual([]);
    const device = (path: string) => statSync(path).dev;
    const host = new Set(['/', '/proc', '/sys', '/dev', '/tmp'].map(device));
    for (const { target } of mountsOf(lab.init)) {
      // sysfs of another network namespace is another file system; all others are new for each lab.
      expect(host.has(device(join(`/proc/${lab.init}/root`, target))), `device of ${target}`).toBe(
        false,
      );
    }
  });

  test('[L3] no name of the lab host is in what a lab reads of its mounts', async () => {
    const { output } = await lab.sudo(
      'cat /proc/mounts /proc/self/mountinfo /proc/1/mountinfo /proc/1/mountstats; mount',
    );
    expect(output).not.toContain('coulisse');
    expect(output).not.toContain(house.stateDir);
    expect(output).not.toMatch(/keeper|images|labs/);
  });

  test('[L3] [A15] what root writes and removes leaves the shared root directory as it was', async () => {
    const tree = findTree(house.stateDir);
    const file = join(tree, 'etc/debian_version');
    const before = [
      readFileSync(file, 'utf8'),
      statSync(file).mtimeMs,
      readdirSync(join(tree, 'etc')).length,
    ];
    await lab.sudo(
      'echo hacked > /etc/debian_version; rm /etc/hostname; touch /etc/planted; chmod u+s /bin/cat',
    );
    expect((await lab.run('cat /etc/debian_version; ls /etc/planted')).output).toBe(
      'hacked\n/etc/planted',
    );
    expect([
      readFileSync(file, 'utf8'),
      statSync(file).mtimeMs,
      readdirSync(join(tree, 'etc')).length,
    ]).toEqual(before);
    expect((await neighbour.run('cat /etc/debian_version; ls /etc/hostname')).output).not.toContain(
      'hacked',
    );
    expect(statSync(join(tree, 'bin/cat')).mode & 0o4000).toBe(0);
  });

  test('[L3] [A15] root can neither unmount nor make writable what the lab stands on', async () => {
    const { output } = await lab.sudo(
      'umount /home 2>&1; mount -o remount,bind,suid,dev /dev/shm 2>&1; ls /home',
    );
    expect(output).toMatch(/(not|denied|invalid|busy)[^]*(denied|permitted)[^]*student$/i);
  });

  test.each([
    ['null', 'echo x > /dev/null; wc -c < /dev/null', '0'],
    ['zero', 'head -c 4 /dev/zero | od -An -tx1', '00 00 00 00'],
    [
      'full',
      `perl -e 'open(F, ">", "/dev/full"); print F 1; print close(F) ? "room" : $!{ENOSPC} ? "ENOSPC" : $!'`,
      'ENOSPC',
    ],
    ['random', 'head -c 8 /dev/random | wc -c', '8'],
    ['urandom', 'head -c 8 /dev/urandom | wc -c', '8'],
    ['tty', 'test -c /dev/tty && echo device', 'device'],
    ['shm', 'echo kept > /dev/shm/x && cat /dev/shm/x', 'kept'],
  ])('[L3] /dev/%s works', async (_, script, shows) => {
    expect((await lab.run(script)).output.trim()).toBe(shows);
  });

  test('[L3] host devices are not among those of a lab', async () => {
    const { output } = await lab.sudo('find /dev -type b | wc -l; ls -1 /dev | cat');
    expect(output.split('\n')).toEqual([
      '0',
      'fd',
      'full',
      'mqueue',
      'null',
      'ptmx',
      'pts',
      'random',
      'shm',
      'stderr',
      'stdin',
      'stdout',
      'tty',
      'urandom',
      'zero',
    ]);
  });
});

describe('[L5] disk of exact size', () => {
  test('[L5] [A5] a lab that fills its disk gets ENOSPC at the limit, and the lab host keeps its space', async () => {
    const free = () => statfsSync(house.stateDir).bavail * statfsSync(house.stateDir).bsize;
    const before = free();
    const { output } = await lab.run(
      'dd if=/dev/zero of=~/fill bs=1M 2>&1; stat -c %s ~/fill',
      60_000,
    );
    expect(output).toContain('No space left on device');
    const written = Number(output.split('\n').at(-1));
    expect(written).toBeGreaterThan(DISK_MIB * 0.5 * MiB);
    expect(written).toBeLessThan(DISK_MIB * MiB);
    // Others write on this machine too; a lab without a limit would have taken everything.
    expect(before - free()).toBeLessThan(4 * DISK_MIB * MiB + 512 * MiB);
    expect((await neighbour.run('echo room > ~/room; cat ~/room')).output).toBe('room');
    await lab.run('rm ~/fill');
  });

  test('[L5] the overlay, home, /tmp and /var/lib share that one disk', async () => {
    const { output } = await lab.run('stat -f -c %b:%S / /home /tmp /var/lib | sort -u | wc -l');
    expect(output).toBe('1');
  });

  test('[L5] [A6] a lab that uses up its inodes gets ENOSPC too', async () => {
    const script = `mkdir -p ~/many; cd ~/many; perl -e 'for (1..200000) { open(F, ">", $_) or die "$_: $!\\n"; close F }' 2>&1; cd; df --output=ipcent ~ | tail -1; rm -rf ~/many`;
    const { output } = await lab.run(script, 60_000);
    expect(output).toMatch(/No space left on device\s+100%/);
  });

  test('[L5] tmpfs mounts that are there from the start have a size', async () => {
    const { output } = await lab.sudo(
      `for m in /run /dev /dev/shm; do echo $(($(stat -f -c '%b * %S' $m) / 1048576)); done`,
    );
    expect(output).toBe('16\n1\n64');
  });
});

describe('[L13] clean entry', () => {
  const shellNames = ['COLORTERM', 'HOME', 'LANG', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];
  const bashNames = ['PWD', 'SHLVL', '_'];

  const namesOf = (words: string[]) => words.map((word) => word.replace(/=.*/s, ''));

  test('[L13] [A53] a shell has the intended environment and nothing else', async () => {
    const { output } = await lab.run('env -0 | tr "\\n\\0" " \\n" | cut -d= -f1 | sort');
    expect(output.split('\n')).toEqual([...shellNames, ...bashNames].toSorted());
  });

  test('[L13] [A53] the environment that entered the lab holds no word of the lab host', async () => {
    const terminal = await openTerminal(lab.client);
    const since = terminal.type('echo "<$$>"\n');
    const [, pid] = await terminal.waitForOutput(/^<(\d+)>/m, { since });
    const words = wordsOf(lab.hostPid(Number(pid)), 'environ');
    // What bash set itself is not in /proc/PID/environ.
    const names = namesOf(words);
    expect(names.toSorted()).toEqual(shellNames.toSorted());
    expect(words.join()).not.toMatch(/coulisse|cgroup|node/i);
    terminal.hangUp();
  });

  test('[L13] PID 1 has a PATH and nothing of keeper', () => {
    const names = namesOf(wordsOf(lab.init, 'environ'));
    expect(names).toEqual(['PATH']);
    expect(wordsOf(lab.init, 'cmdline').join(' ')).not.toMatch(/coulisse|cgroup|node/i);
  });

  test('[L13] [A52] a shell has the descriptors 0 to 2 (bash keeps 255 for the terminal) and PID 1 no file of the lab host', async () => {
    const terminal = await openTerminal(lab.client);
    const since = terminal.type('echo "<$$>"\n');
    const [, pid] = await terminal.waitForOutput(/^<(\d+)>/m, { since });
    expect(readdirSync(`/proc/${lab.hostPid(Number(pid))}/fd`).toSorted()).toEqual([
      '0',
      '1',
      '2',
      '255',
    ]);
    const first = readdirSync(`/proc/${lab.init}/fd`).map((fd) =>
      readlinkSync(`/proc/${lab.init}/fd/${fd}`),
    );
    expect(new Set(first)).toEqual(new Set(['/dev/null']));
    terminal.hangUp();
  });

  test('[L13] no command line that the lab reads tells how it was made', async () => {
    const { output } = await lab.sudo(
      'cat /proc/[0-9]*/cmdline | tr "\\0" " "; cat /proc/1/environ | tr "\\0" " "',
    );
    expect(output).not.toMatch(/coulisse|keeper|joinScript|\/sys\/fs\/cgroup\/\w+\/coulisse/i);
  });
});
