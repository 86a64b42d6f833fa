// Drives a lab into what is counted, and into the bandwidth of a terminal. Wants the lab to get the error and
// its neighbour to type on.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../server/foundation/config.ts';
import { KernelHouse } from './kernel-house.ts';
import { limitedGroup, until } from './kernel-view.ts';
import { openTerminal, type LearnerLab } from './learner-lab.ts';
import { driveIntoLimit, typesOnBeside } from './neighbour.ts';

const settings = {
  COULISSE_LABS: '40',
  COULISSE_LAB_PIDS: '160',
  COULISSE_LAB_CPU_PERCENT: '40',
};
const { limits } = readConfig({ ...settings, NODE_ENV: 'test' });

let house: KernelHouse;
let lab: LearnerLab;
let neighbour: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open(settings);
  [lab, neighbour] = await Promise.all([house.enter(), house.enter()]);
});

afterAll(() => house.close());

describe('[L4] processes and processor time', () => {
  test('[L4] a lab that is full of processes gets EAGAIN, and the neighbour types on', async () => {
    const { output } = await driveIntoLimit({
      house,
      lab,
      neighbour,
      script: `perl -e 'for (1 .. 400) { my $p = fork; if (!defined $p) { print $!{EAGAIN} ? "EAGAIN " : $!; last }
        if (!$p) { sleep 60; exit } push @p, $p } kill 9, @p; wait for @p'`,
      isReached: () => true,
    });
    expect(output).toMatch(/^(EAGAIN ?)+$/);
    const { path } = limitedGroup(lab.init, 'pids');
    expect(readFileSync(join(path, 'pids.max'), 'utf8').trim()).toBe(String(limits.pids));
  });

  test('[L4] beside a hundred processes that spin the neighbour types on', async () => {
    const { path } = limitedGroup(lab.init, 'cpu');
    const throttled = () =>
      Number(/nr_throttled (\d+)/.exec(readFileSync(join(path, 'cpu.stat'), 'utf8'))?.[1]);
    const before = throttled();
    await driveIntoLimit({
      house,
      lab,
      neighbour,
      script: `for i in $(seq 100); do timeout 1 sh -c 'while :; do :; done' & done; wait`,
      isReached: () => throttled() > before,
    });
    expect(throttled()).toBeGreaterThan(before);
  });
});

describe('[L4] counts', () => {
  test('[L4] mounts: so many in a namespace as fs.mount-max has, and the lab still goes', async () => {
    const doomed = await house.enter();
    const most = Number(readFileSync('/proc/sys/fs/mount-max', 'utf8'));
    const { output } = await driveIntoLimit({
      house,
      lab: doomed,
      neighbour,
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

describe('[L7] bandwidth of terminals', () => {
  test('[L7] beside terminals that are flooded the neighbour types on', async () => {
    const floods = await Promise.all([1, 2, 3].map(() => openTerminal(lab.client)));
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
  });
});
