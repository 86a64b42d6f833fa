// Labs that are warm because the operator told of a workshop: by the command, in a running house.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journalEntries } from './journal-entries.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';

const cli = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));
const run = promisify(execFile);
const LABS = 4;

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open({ COULISSE_LABS: String(LABS), COULISSE_WARM_LABS: '0' });
});

afterAll(() => house.close());

function command(args: string[], settings: Record<string, string> = {}) {
  const env = { ...process.env, COULISSE_STATE: house.stateDir, COULISSE_LABS: String(LABS) };
  return run(process.execPath, [cli, 'warm', ...args], { env: { ...env, ...settings } });
}

async function warm(...args: string[]): Promise<string> {
  return (await command(args)).stdout;
}

const warmLabs = (): number =>
  journalEntries(house.stateDir).filter(({ isWarm, init }) => isWarm && init !== null).length;

const soon = () => new Date(Date.now() + 30_000).toISOString();

describe('[L20] workshops', () => {
  test('[L20] labs are warm before it begins, become fewer as learners come, and go when it is cancelled', async () => {
    expect(await warm('--list')).toBe('No workshop is planned.\n');
    expect(await warm('--labs', '3', '--at', soon())).toMatch(/^1 {2}3 labs warm from /);
    await until('three are warm', () => warmLabs() === 3);
    const lab = await house.enter();
    expect((await lab.run('echo mine')).output).toBe('mine');
    await until('two are left', () => warmLabs() === 2);
    // Of four labs two are warm and one is a learner's; a second workshop wants more than there is room for.
    await warm('--labs', '4', '--at', soon());
    await until('there is no room for more', () => warmLabs() === LABS - 1);
    const others = [await house.enter(), await house.enter(), await house.enter()];
    expect(new Set([lab, ...others].map(({ init }) => init)).size).toBe(LABS);
    expect(warmLabs()).toBe(0);
    for (const { client } of others) {
      client.send({ type: 'reset' });
      await client.closed;
    }
    await until('they are warm again', () => warmLabs() === LABS - 1);
    await warm('--cancel', '2');
    await until('those of the first are left', () => warmLabs() === 2);
    await warm('--cancel', '1');
    await until('none is left', () => warmLabs() === 0);
    // Whoever has a lab since a workshop's labs are made counts as one of its learners.
    lab.client.send({ type: 'reset' });
    await lab.client.closed;
    await expect(warm('--cancel', '1')).rejects.toThrow('No workshop 1 is planned');
  });

  test('[L20] what does not fit is told when it is planned, and whenever it is listed', async () => {
    const inADay = new Date(Date.now() + 24 * 3_600_000).toISOString();
    const fits = await command(['--labs', '3', '--at', inADay]);
    expect(fits.stderr).toBe('');
    const more = await command(['--labs', '3', '--at', inADay], { COULISSE_LABS_PER_ADDRESS: '2' });
    expect(more.stdout).toMatch(/3 labs warm.*\n.*3 labs warm/);
    expect(more.stderr).toMatch(
      /^Not all of it fits: 6 labs are planned for the same time, and there may be 4 at once: .*\n.*: Behind one router 2 of 3/,
    );
    const full = await command(['--list'], {
      COULISSE_LABS: '6',
      COULISSE_DISK_RESERVE_MIB: '1048576',
    });
    expect(full.stderr).toMatch(/^Not all of it fits: The disk has room for 0 of 6 labs: .*\n$/);
    await warm('--cancel', '1');
    expect((await command(['--cancel', '2'])).stderr).toBe('');
  });

  test('[L20] a plan outlives keeper', async () => {
    await warm('--labs', '1', '--at', soon());
    await until('it is warm', () => warmLabs() === 1);
    const before = house.house.pidOf('keeper');
    process.kill(before, 'SIGKILL');
    await until('another is', () => {
      try {
        return house.house.pidOf('keeper') !== before && warmLabs() === 1;
      } catch {
        return false;
      }
    });
    expect(await warm('--list')).toMatch(/1 labs warm/);
    // Until keeper has begun the journal is that of the one before.
    const { output } = await (await house.enter()).run('echo mine');
    expect(output).toBe('mine');
    await warm('--cancel', '1');
  });
});
