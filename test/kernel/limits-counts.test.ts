// Drives a lab into what is counted: processes, namespaces, mounts, inotify, open files and PTYs; and into the
// bandwidth of a terminal. Wants the lab to get the error, its neighbour to have its own and to type on.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../server/foundation/config.ts';
import { machineCounts, tooLow } from '../../server/keeper/machine-counts.ts';
import { KernelHouse } from './kernel-house.ts';
import { limitedGroup, until } from './kernel-view.ts';
import { everybody, openTerminal, type LearnerLab } from './learner-lab.ts';
import { driveIntoLimit, typesOnBeside } from './neighbour.ts';

const settings = {
  COULISSE_LABS: '40',
  COULISSE_LAB_PIDS: '160',
  COULISSE_LAB_CPU_PERCENT: '40',
  COULISSE_LAB_NAMESPACES: '48',
  COULISSE_LAB_NETWORKS: '24',
  COULISSE_LAB_INOTIFY_INSTANCES: '24',
  COULISSE_LAB_INOTIFY_WATCHES: '300',
  COULISSE_LAB_OPEN_FILES: '512',
  COULISSE_LAB_PTYS: '20',
};
const config = readConfig({ ...settings, NODE_ENV: 'test' });
const { limits } = config;

/** Numbers of system calls that no program of a lab makes as plainly (syscalls(2)). */
const calls = {
  x64: { unshare: 272, inotifyInit: 294, inotifyAdd: 254 },
  arm64: { unshare: 97, inotifyInit: 26, inotifyAdd: 27 },
}[process.arch as string];

const namespaces = [
  ['cgroup', 0x0200_0000],
  ['ipc', 0x0800_0000],
  ['mnt', 0x0002_0000],
  ['net', 0x4000_0000],
  ['pid', 0x2000_0000],
  ['time', 0x80],
  ['user', 0x1000_0000],
  ['uts', 0x0400_0000],
] as const;

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open(settings);
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

/** Makes up to `most` namespaces of a kind and says how many there were at once, and what ended it. */
function makeNamespaces(flag: number, most: number): string {
  return `perl -e '$| = 1; for $n (1 .. ${most}) { pipe R, W; if (!($p = fork)) { die $! if !defined $p;
      syswrite W, (syscall(${calls?.unshare}, ${flag}) < 0 ? $! + 0 : 0) . "\\n"; close W; sleep 60; exit }
    push @p, $p; close W; $e = <R> + 0; if ($e) { $! = $e; last } $made = $n }
    print "made $made", $e ? $!{ENOSPC} ? " ENOSPC" : " $!" : ""; kill 9, @p; wait for @p'`;
}
const made = (output: string) => Number(/made (\d+)/.exec(output)?.[1]);

describe('[L4] processes and processor time', () => {
  test.for(everybody)(
    '[L4] [A1] a lab that %s has filled with processes gets EAGAIN, and the neighbour types on',
    async (by) => {
      const { output } = await driveIntoLimit({
        house,
        lab,
        neighbour,
        by,
        script: `perl -e 'for (1 .. 400) { my $p = fork; if (!defined $p) { print $!{EAGAIN} ? "EAGAIN " : $!; last }
        if (!$p) { sleep 60; exit } push @p, $p } kill 9, @p; wait for @p'`,
        isReached: () => true,
      });
      expect(output).toMatch(/^(EAGAIN ?)+$/);
      const { path } = limitedGroup(lab.init, 'pids');
      expect(readFileSync(join(path, 'pids.max'), 'utf8').trim()).toBe(String(limits.pids));
    },
  );

  test.for(everybody)(
    '[L4] [A7] beside forty processes of %s that spin the neighbour types on',
    async (by) => {
      const { path } = limitedGroup(lab.init, 'cpu');
      const throttled = () =>
        Number(/nr_throttled (\d+)/.exec(readFileSync(join(path, 'cpu.stat'), 'utf8'))?.[1]);
      const before = throttled();
      await driveIntoLimit({
        house,
        lab,
        neighbour,
        by,
        script: `for i in $(seq 40); do timeout 1 sh -c 'while :; do :; done' & done; wait`,
        isReached: () => throttled() > before,
      });
      expect(throttled()).toBeGreaterThan(before);
    },
  );
});

describe('[L16] counts', () => {
  test('[L16] what the machine counts has room for every lab', () => {
    const counts = machineCounts(config);
    expect(counts.map(({ name }) => name)).toContain('kernel/pty/max');
    expect(tooLow(counts)).toEqual([]);
  });

  test.skipIf(calls === undefined).for(namespaces)(
    '[L16] [A58] namespaces: %s, until ENOSPC',
    async ([name, flag]) => {
      const { output } = await lab.sudo(makeNamespaces(flag, 100));
      expect(output).toContain('ENOSPC');
      const most = name === 'net' ? limits.networks : limits.namespaces;
      expect(made(output)).toBeGreaterThan(most / 2);
      expect(made(output)).toBeLessThan(most);
      const raise = `echo 100000 > /proc/sys/user/max_${name}_namespaces && cat /proc/sys/user/max_${name}_namespaces`;
      // The kernel frees the first ones a little after their last process has ended, and counts them until then.
      const raised = await until('as many again', async () => {
        const again = await lab.sudo(`${raise}; ${makeNamespaces(flag, 100)}`);
        return made(again.output) >= made(output) && again.output;
      });
      expect(raised).toMatch(/^100000\n.*ENOSPC/);
      expect(made(raised)).toBe(made(output));
    },
  );

  test.skipIf(calls === undefined)(
    '[L16] [A61] beside a lab that has all its network namespaces the neighbour makes some and types on',
    async () => {
      const { output } = await driveIntoLimit({
        house,
        lab,
        neighbour,
        by: 'root',
        script: makeNamespaces(0x4000_0000, 100),
        isReached: async () =>
          made((await neighbour.sudo(makeNamespaces(0x4000_0000, 8))).output) === 8,
      });
      expect(output).toContain('ENOSPC');
    },
  );

  test.skipIf(calls === undefined)(
    '[L16] [A58] inotify: instances until EMFILE, watches until ENOSPC',
    async () => {
      const hog = `perl -e 'while (($f = syscall(${calls?.inotifyInit}, 0)) >= 0) { push @f, $f }
        print scalar(@f), $!{EMFILE} ? " EMFILE\\n" : " $!\\n";
        mkdir "/tmp/watched"; for $n (1 .. 1000) { $d = "/tmp/watched/$n"; mkdir $d;
          if (syscall(${calls?.inotifyAdd}, $f[0], $d, 2) < 0) { print $n - 1, $!{ENOSPC} ? " ENOSPC" : " $!"; last } }'`;
      const { output } = await lab.run(hog);
      expect(output).toBe(`${limits.inotifyInstances} EMFILE\n${limits.inotifyWatches} ENOSPC`);
      await lab.sudo(
        'for f in instances watches; do echo 100000 > /proc/sys/user/max_inotify_$f; done',
      );
      expect((await lab.run(hog)).output).toBe(output);
      expect((await neighbour.run(hog)).output).toBe(output);
    },
  );

  test('[L16] open files: EMFILE, and no root of a lab raises it', async () => {
    const hog = `perl -e 'while (open my $f, "<", "/dev/null") { push @f, $f } print fileno($f[-1]), $!{EMFILE} ? " EMFILE" : " $!"'`;
    for (const { output } of [await lab.run(hog), await lab.sudo(hog)]) {
      expect(output).toBe(`${limits.openFiles - 1} EMFILE`);
    }
    expect((await lab.sudo(`ulimit -n ${limits.openFiles + 1}`)).code).not.toBe(0);
    const inits = readFileSync(`/proc/${lab.init}/limits`, 'utf8');
    expect(inits).toMatch(new RegExp(`Max open files +${limits.openFiles} +${limits.openFiles} `));
  });

  test('[L16] [L7] [A57] PTYs: ENOSPC for the lab, and the neighbour still opens terminals', async () => {
    const hog = `perl -e 'while (open my $f, "+<", "/dev/ptmx") { push @f, $f } print scalar(@f), $!{ENOSPC} ? " ENOSPC" : " $!"'`;
    const { output } = await lab.run(hog);
    expect(output).toMatch(/ENOSPC$/);
    expect(Number.parseInt(output)).toBeLessThan(limits.ptys);
    expect(Number.parseInt(output)).toBeGreaterThan(limits.ptys / 2);
    const again = await driveIntoLimit({
      house,
      lab,
      neighbour,
      by: 'root',
      script: hog,
      isReached: () => true,
    });
    expect(again.output).toContain('ENOSPC');
    (await openTerminal(neighbour.client)).hangUp();
  });

  test('[L16] [A59] mounts: so many in a namespace as fs.mount-max has, and the lab still goes', async () => {
    const doomed = await house.enter();
    const most = Number(readFileSync('/proc/sys/fs/mount-max', 'utf8'));
    const { output } = await driveIntoLimit({
      house,
      lab: doomed,
      neighbour,
      by: 'root',
      // Each round binds all that is there once more.
      script: `mkdir -p /run/m; mount --bind /run/m /run/m; mount --make-private /run/m; n=0
        while mkdir -p /run/m/$n && mount --rbind /run/m /run/m/$n; do n=$((n + 1)); done 2>&1
        grep -c . /proc/self/mountinfo; sleep 0.3`,
      isReached: () => true,
    });
    expect(output).toMatch(/No space left on device|Killed|Cannot allocate/);
    expect(readFileSync(`/proc/${doomed.init}/mountinfo`, 'utf8').split('\n').length).toBeLessThan(
      most,
    );
    const { init } = doomed;
    await doomed.client.close();
    process.kill(init, 'SIGKILL');
    await until(
      'the lab is gone',
      () => !house.remainsOfLabs().some((one) => one.includes(doomed.name)),
    );
  });
});

describe('[L16] bandwidth of terminals', () => {
  test('[L16] beside terminals that are flooded the neighbour types on', async () => {
    // As fast as a page parses, and elsewhere: a client of unlimited speed would take this process, which measures.
    const page = await house.house.connect(lab.learner, { parseBytesPerSecond: 20e6 });
    const floods = await Promise.all([1, 2, 3].map(() => openTerminal(page)));
    const bytes = () => Math.min(...floods.map(({ offset }) => offset));
    await typesOnBeside({ house, neighbour, isReached: () => bytes() > 1e6 }, () => {
      for (const flood of floods) flood.type('yes "$(seq -s " " 100)"\n');
      return {
        stop: () => {
          for (const flood of floods) flood.type('\x03');
        },
        ended: Promise.resolve(),
      };
    });
    expect(bytes()).toBeGreaterThan(1e6);
    for (const flood of floods) flood.hangUp();
    await page.close();
  });
});
