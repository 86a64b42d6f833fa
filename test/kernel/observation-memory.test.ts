// keeper remembers of a lab what has not run since it was read. Nothing that is told may be older than the look:
// what others change of a sleeping process is seen, and what it does itself once it wakes. [L11]
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObservedProcess } from '../../server/protocol/snapshot.ts';
import { keeperResultSchemas } from '../../server/protocol/keeper-verbs.ts';
import { applyChanges } from '../../server/protocol/snapshot-changes.ts';
import { ask, observe } from './keeper-door.ts';
import { KernelHouse } from './kernel-house.ts';
import { until } from './kernel-view.ts';
import { openTerminal, type LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  lab = await house.enter();
  await lab.run('mkdir box && sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C box');
});

afterAll(() => house.close());

async function find(seconds: number): Promise<ObservedProcess | undefined> {
  const { processes } = await observe(house.stateDir, lab.name);
  return processes.find(
    ({ name, command }) => name === 'sleep' && command.at(-1) === String(seconds),
  );
}

/** Whether keeper has anything to tell of the lab that was not in a snapshot. */
async function hasNews(since: number, paths: string[] = []): Promise<boolean> {
  const wish = { lab: lab.name, paths, passing: true, networks: false, drawn: false, since };
  return until('an answer', async () => {
    const answer = await ask(house.stateDir, { id: 1, verb: 'observe', ...wish });
    if (answer?.type !== 'result') return undefined;
    return { is: keeperResultSchemas.observe.parse(answer.value).news !== 'nothing' };
  }).then(({ is }) => is);
}

test('[L11] a lab in which nothing has run is told in one word, unless something else is asked', async () => {
  // The shell may still be at work on its prompt.
  const at = await until('a lab at rest', async () => {
    const { at: seen } = await observe(house.stateDir, lab.name, { paths: ['/tmp/made'] });
    return !(await hasNews(seen, ['/tmp/made'])) && seen;
  });
  expect(await hasNews(at, ['/tmp/made'])).toBe(false);
  expect(await hasNews(at + 1, ['/tmp/made'])).toBe(true);
  const again = await observe(house.stateDir, lab.name, { paths: ['/tmp/made'] });
  expect(await hasNews(again.at, ['/tmp/made', '/etc'])).toBe(true);
  const third = await observe(house.stateDir, lab.name, { paths: ['/tmp/made'] });
  await lab.run(': > /tmp/made');
  expect(await hasNews(third.at, ['/tmp/made'])).toBe(true);
});

test('[L11] whoever has a snapshot is told what has changed since, and no more', async () => {
  await lab.run('sleep 2010 </dev/null >/dev/null 2>&1 &');
  await lab.run('while sleep 0.02; do :; done </dev/null >/dev/null 2>&1 &');
  await until('the sleeper at rest', async () => (await find(2010))?.state === 'S');
  const wish = { lab: lab.name, paths: [], passing: false, networks: false, drawn: false };
  const askSince = async (since: number) => {
    const answer = await ask(house.stateDir, { id: 1, verb: 'observe', ...wish, since });
    return answer?.type === 'result' ? keeperResultSchemas.observe.parse(answer.value) : undefined;
  };
  // link looks too, and then keeper remembers what link was told.
  const { before, changes } = await until('changes', async () => {
    const known = await observe(house.stateDir, lab.name);
    const told = await askSince(known.at);
    return told?.news === 'changes' ? { before: known, changes: told.changes } : undefined;
  });
  const after = applyChanges(before, changes);
  const lasts = (processes: readonly ObservedProcess[]) =>
    processes.map(({ command }) => command.at(-1));
  expect(lasts(changes.processes.changed)).not.toContain('2010');
  expect(lasts(after.processes)).toContain('2010');
  expect(changes.mounts).toEqual({});
  expect(after.mounts).toEqual(before.mounts);
  expect(await until('an answer', () => askSince(before.at))).toMatchObject({ news: 'whole' });
  await lab.run('kill %+; pkill -f "^sleep 2010"');
});

describe('[L11] what sleeps', () => {
  test('is told as before while nothing in the lab runs', async () => {
    await lab.run('sleep 2001 </dev/null >/dev/null 2>&1 &');
    await until('the sleeper at rest', async () => (await find(2001))?.state === 'S');
    const before = await find(2001);
    expect(await find(2001)).toEqual(before);
    await lab.run('pkill -f "^sleep 2001"');
    await until('its end', async () => (await find(2001)) === undefined);
  });

  test('has another parent when its own has ended', async () => {
    await lab.run(`bash -c 'sleep 2002 & echo; exec sleep 2003' </dev/null >/dev/null 2>&1 &`);
    await until('the process as it shall be', async () => (await find(2003)) !== undefined);
    const [child, parent] = [await find(2002), await find(2003)];
    expect(child?.parent).toBe(parent?.pid);
    await lab.run('pkill -f "^sleep 2003"');
    await until('another parent', async () => (await find(2002))?.parent === 1);
    await lab.run('pkill -f "^sleep 2002"');
  });

  test('has another path for its root and working directory when they are renamed', async () => {
    await lab.run('sudo chroot box sleep 2004 </dev/null >/dev/null 2>&1 &');
    await lab.run('cd box/usr && sleep 2005 </dev/null >/dev/null 2>&1 &');
    await until(
      'the process as it shall be',
      async () => (await find(2004))?.root?.path === '/home/student/box',
    );
    const before = await find(2004);
    await lab.run('mv box crate');
    expect((await find(2004))?.root).toEqual({ ...before?.root, path: '/home/student/crate' });
    expect((await find(2005))?.workingDirectory?.path).toBe('/home/student/crate/usr');
    await lab.run('sudo pkill -f "^sleep 200[45]"; mv crate box');
  });

  test('has another root when somebody else pivots the one of its mount namespace', async () => {
    // The sleeper is born first, in the namespace that is pivoted by a process beside it.
    const script =
      'mount --bind box box; sleep 2006 & sleep 1; mkdir -p box/old; cd box; pivot_root . old; exec sleep 2007';
    await lab.run(`sudo unshare -m bash -c '${script}' </dev/null >/dev/null 2>&1 &`);
    await until('the process as it shall be', async () => (await find(2006)) !== undefined);
    const before = await find(2006);
    await until('the process as it shall be', async () => (await find(2007)) !== undefined);
    const after = await find(2006);
    expect(after?.root?.path).toBe('/');
    expect(after?.root?.inode).not.toBe(before?.root?.inode);
    await lab.run('sudo pkill -f "^sleep 200[67]"; sudo rmdir box/old');
  });

  test('has no terminal any more when the leader of its session has ended', async () => {
    const terminal = await openTerminal(lab.client);
    terminal.type(`bash -c 'trap "" HUP; exec sleep 2009' </dev/null >/dev/null 2>&1 &\n`);
    const before = await until('the sleeper at rest', async () => {
      const seen = await find(2009);
      return seen?.state === 'S' && seen;
    });
    expect(before.terminal).not.toBeNull();
    const ran = () => readFileSync(`/proc/${lab.hostPid(before.pid)}/schedstat`, 'latin1');
    const ranBefore = ran();
    terminal.type('exit\n');
    await until('the end of its parent', async () => (await find(2009))?.parent === 1);
    const after = await until('another telling', async () => {
      const seen = await find(2009);
      return seen?.terminal === null && seen;
    });
    expect(after).toEqual({ ...before, parent: 1, terminal: null });
    expect(ran()).toBe(ranBefore);
    expect((await lab.run(`ps -o tty= ${before.pid}; kill ${before.pid}`)).output).toBe('?');
  });

  test('and wakes to change itself is told as it is then', async () => {
    const steps = 'sleep 1; exec unshare -n bash -c "sleep 1; exec -a later sleep 2008"';
    await lab.run(`sudo bash -c '${steps}' </dev/null >/dev/null 2>&1 &`);
    await until(
      'the process as it shall be',
      async () => (await find(2008))?.command[0] === 'later',
    );
    const { lab: own } = await observe(house.stateDir, lab.name);
    expect((await find(2008))?.namespaces?.net).not.toBe(own.namespaces.net);
    await lab.run('sudo pkill -f "^later"');
  });
});
