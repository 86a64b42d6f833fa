// Asks doctor about this machine, on which labs run, and wants it to agree with the kernel; then takes one
// thing away and wants it named. Knows no probe's inside.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../../server/foundation/config.ts';
import { mountsOf } from './kernel-view.ts';

const cli = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));
const verdictSchema = z.object({
  labs: z.boolean(),
  findings: z.array(
    z.object({ id: z.string(), state: z.string(), required: z.boolean(), found: z.string() }),
  ),
});

function askDoctor(
  stateDir: string,
  {
    scratch = tmpdir(),
    settings = {},
  }: { scratch?: string; settings?: Record<string, string> } = {},
) {
  const { status, stdout } = spawnSync(process.execPath, [cli, 'doctor', '--json'], {
    encoding: 'utf8',
    env: { ...process.env, COULISSE_STATE: stateDir, TMPDIR: scratch, ...settings },
  });
  const { labs, findings } = verdictSchema.parse(JSON.parse(stdout));
  return {
    status,
    labs,
    missing: findings.filter((one) => one.required && one.state === 'missing').map(({ id }) => id),
    cgroups: findings.find(({ id }) => id === 'cgroups')?.found,
    connections: findings.find(({ id }) => id === 'tracked-connections'),
  };
}

test('doctor finds everything on a machine where labs run, and tells its cgroup version as it is', () => {
  const { status, labs, missing, cgroups } = askDoctor(readConfig().stateDir);
  expect(missing).toEqual([]);
  expect([status, labs]).toEqual([0, true]);
  const hasOld = mountsOf('self').some(({ type }) => type === 'cgroup');
  const hasNew = mountsOf('self').some(({ type }) => type === 'cgroup2');
  const version = hasOld ? (hasNew ? 'v1 with v2 beside it' : 'v1') : 'v2';
  expect(cgroups).toMatch(new RegExp(`^${version};`));
});

test('[A45] doctor tells what tracked connections may cost at worst, and the number that bounds them', () => {
  // As keeper does when it starts.
  spawnSync('modprobe', ['--quiet', 'nf_conntrack']);
  const most = Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'));
  const ask = (networks: number, memoryMib: number) =>
    askDoctor(readConfig().stateDir, {
      settings: {
        COULISSE_LAB_NETWORKS: String(networks),
        COULISSE_LAB_MEMORY_MIB: String(memoryMib),
      },
    }).connections;
  const worst = Math.ceil((8 * most * 384) / 1024 ** 2);
  expect(ask(8, worst)).toMatchObject({ state: 'present', found: `${worst} MiB at worst` });
  const tight = ask(8, 64);
  expect(tight).toMatchObject({
    state: 'missing',
    required: false,
    found: `${worst} MiB at worst: net.netfilter.nf_conntrack_max=${Math.floor((64 * 1024 ** 2) / (8 * 384))}`,
  });
});

test('doctor names what is missing, says that no lab can run, and leaves nothing behind', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'coulisse-doctor-'));
  try {
    const before = mountsOf('self').length;
    expect(askDoctor(stateDir, { scratch: stateDir })).toMatchObject({
      status: 1,
      labs: false,
      missing: ['rootfs'],
    });
    expect(mountsOf('self')).toHaveLength(before);
    expect(readdirSync(stateDir)).toEqual([]);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});
