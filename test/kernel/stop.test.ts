// Stops houses in every way, gentle and not, and wants nothing of a lab left: no process, mount, namespace,
// cgroup, loop device or file; after a kill -9, at the latest when the next start is ready.
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { descendantsOf, openHouse } from '../support/house.ts';
import { KernelHouse } from './kernel-house.ts';
import { allProcesses, readOf, until, wordsOf } from './kernel-view.ts';
import { everybody, openTerminal, type LearnerLab } from './learner-lab.ts';

let house: KernelHouse | undefined;

afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** A house with two labs in which things go on. */
async function openBusyHouse(): Promise<{ open: KernelHouse; labs: LearnerLab[] }> {
  const open = await KernelHouse.open();
  house = open;
  const labs = await Promise.all([open.enter(), open.enter()]);
  for (const lab of labs) {
    await lab.sudo(
      '(setsid sleep 3000 & setsid unshare -muipnf sleep 3001 & ip netns add kept) </dev/null >/dev/null 2>&1',
    );
    await openTerminal(lab.client);
  }
  return { open, labs };
}

/** keeper, link and web as processes of the lab host, and main. */
function ownProcesses(open: KernelHouse): number[] {
  const { main } = open.house;
  const names = ['keeper', 'link', 'web'] as const;
  return [main.pid ?? 0, ...names.map((name) => open.house.pidOf(name))];
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

/** A process of the house on this state that is not ready yet. */
function findStarting(stateDir: string, name: string): number | undefined {
  const main = allProcesses().find(
    (pid) =>
      wordsOf(pid, 'cmdline').some((word) => word.endsWith('server/main.ts')) &&
      wordsOf(pid, 'environ').includes(`COULISSE_STATE=${stateDir}`),
  );
  return descendantsOf(main ?? 0).find((pid) =>
    wordsOf(pid, 'cmdline').some((word) => word.endsWith(`server/${name}/main.ts`)),
  );
}

/** A zombie has ended too: one whose parent was killed waits for the machine's PID 1. */
const gone = (pids: readonly number[]) =>
  pids.every((pid) => !/^State:\s+[^Z]/m.test(readOf(pid, 'status') ?? ''));

describe('[L14] stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '[L14] %s ends the house with code 0, tells the pages and leaves nothing of the labs',
    async (signal) => {
      const { open, labs } = await openBusyHouse();
      const pids = ownProcesses(open);
      expect(open.remains()).not.toEqual([]);
      expect(await open.house.stop(signal)).toBe(0);
      expect(open.remains()).toEqual([]);
      expect(gone(pids)).toBe(true);
      for (const lab of labs) expect((await lab.client.closed).code).toBe(1001);
    },
  );

  test('[L14] main killed by -9 alone: its three processes see it, take the labs apart and end', async () => {
    const { open } = await openBusyHouse();
    const pids = ownProcesses(open);
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await until('all have ended', () => gone(pids));
    expect(open.remainsOfLabs()).toEqual([]);
    // The lock, the sockets and keeper's ground are taken over by the next start.
    await open.start();
  });

  test('[L14] everything killed by -9: labs live on, and the next start removes them', async () => {
    const { open, labs } = await openBusyHouse();
    const pids = ownProcesses(open);
    const inits = labs.map((lab) => lab.init);
    const ended = once(open.house.main, 'exit');
    killAll(pids);
    await ended;
    expect(gone(inits)).toBe(false);
    expect(open.remainsOfLabs()).not.toEqual([]);
    await open.start();
    expect(open.remainsOfLabs()).toEqual([]);
    expect(gone(inits)).toBe(true);
    expect((await (await open.enter()).run('echo anew')).output).toBe('anew');
  });

  test.for(everybody)(
    '[L14] [A73] killed by -9 while a lab is being made, at any moment: the next start removes what there is of it, and what %s of another left',
    async (by) => {
      const open = await KernelHouse.open();
      house = open;
      const other = await open.enter();
      await other.runAs(
        by,
        '(trap "" HUP TERM; setsid sleep 3002 & setsid unshare -Urnpf sleep 3003 &) </dev/null >/dev/null 2>&1',
      );
      const left = other.processes();
      expect(left.length).toBeGreaterThanOrEqual(3);
      for (const delay of [0, 25, 60]) {
        const learner = await open.house.arrive();
        const entering = open.house.connect(learner).catch(() => undefined);
        // The moment is what is tested; whichever phase it falls into must end the same.
        await new Promise((resolve) => setTimeout(resolve, delay));
        killAll(ownProcesses(open));
        await entering;
        await open.start();
        expect(open.remainsOfLabs()).toEqual([]);
      }
      expect(gone(left)).toBe(true);
      // A second server on the same state is refused with a sentence.
      await expect(openHouse({ stateDir: open.stateDir })).rejects.toThrow(/running already/);
      expect((await (await open.enter()).run('echo anew')).output).toBe('anew');
    },
  );

  test.each(['keeper', 'link', 'web'])(
    '[L14] %s killed by -9 while the house starts is started again, before anybody is told that there are no labs',
    async (name) => {
      const open = new KernelHouse();
      house = open;
      const starting = open.start();
      const pid = await until(`${name} is there`, () => findStarting(open.stateDir, name));
      process.kill(pid, 'SIGKILL');
      await starting;
      expect(open.house.said).not.toContain('no labs');
      expect((await (await open.enter()).run('echo here')).output).toBe('here');
    },
  );

  test('[L14] keeper killed by -9 while the house starts still removes what an earlier one left', async () => {
    const { open } = await openBusyHouse();
    const ended = once(open.house.main, 'exit');
    killAll(ownProcesses(open));
    await ended;
    expect(open.remainsOfLabs()).not.toEqual([]);
    const starting = open.start();
    process.kill(
      await until('keeper is there', () => findStarting(open.stateDir, 'keeper')),
      'SIGKILL',
    );
    await starting;
    expect(open.remainsOfLabs()).toEqual([]);
  });
});
