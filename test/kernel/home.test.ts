// What a learner leaves at home, in the labs that come after: ended by every way a lab ends, with every kind of file,
// under hostile hands, and with keeper killed in the middle. Knows no page.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patient } from '../support/patience.ts';
import { COME_AGAIN_MS, KernelHouse } from './kernel-house.ts';
import {
  groupsOf,
  isFrozen,
  limitedGroup,
  namespacesOf,
  processesBelow,
  readOf,
  statusOf,
  until,
} from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

/** Two seconds. */
const OFTEN = '0.034';
const LIMIT_MIB = 8;

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open({
    COULISSE_CHECKPOINT_MINUTES: '0',
    COULISSE_CHECKPOINT_MIB: String(LIMIT_MIB),
    COULISSE_FREEZE_MINUTES: '0.01',
    COULISSE_WARM_LABS: '1',
  });
});

afterAll(() => house.close());

const homes = (of = house) => join(of.stateDir, 'keeper/homes');
const sizeOf = (name: string) => statSync(join(homes(), name)).size;
const filesOf = (of = house) => readdirSync(homes(of)).toSorted();

/** Resets the lab and enters the next one, once nothing of the first is left. */
async function next(lab: LearnerLab, home: 'keep' | 'empty'): Promise<LearnerLab> {
  lab.client.send({ type: 'reset', home });
  await lab.client.closed;
  return enterAgain(lab);
}

function enterAgain(lab: LearnerLab, of = house): Promise<LearnerLab> {
  return until('a lab again', async () => {
    const entered = await of.enter(lab.learner).catch(() => undefined);
    if (entered === undefined) await sleep(COME_AGAIN_MS);
    return entered;
  });
}

/** A file of each kind that a learner may have. */
const furnish = `
set -e; cd ~ && rm .hushlogin && echo 'alias mine="echo my own"' >> .bashrc
mkdir -p tree/deep && printf 'a\\nb' > $'tree/deep/a name\\nof two lines' && ln tree/deep/a* tree/hard
ln -s /etc/passwd tree/link && ln -s ../../../../.. tree/up && mkfifo tree/fifo
truncate -s 10T tree/sparse && echo end >> tree/sparse
cp /bin/true tree/tool && chmod 4755 tree/tool
setfattr -n user.mine -v yes tree/tool && sudo setcap cap_net_raw=ep tree/hard
sudo sh -c 'echo secret > tree/roots && chmod 600 tree/roots && mkdir -m 700 tree/private && echo x > tree/private/x'
touch -d 2001-02-03T04:05:06 tree/old`;

const inventory = `
cd ~ && sudo find . ! -path ./.bash_history -printf '%P %y %m %U:%G %s %l %n\\n' | sort
sudo sha256sum .bashrc tree/roots tree/private/x tree/hard tree/tool
stat -c %y tree/old; getfattr -d tree/tool; getcap tree/hard; tail -c 4 tree/sparse; du -k tree/sparse | cut -f1`;

describe('[L19] a home outlives its lab', () => {
  test('[L19] files of every kind come back as they were, with their owners, modes and attributes', async () => {
    const lab = await house.enter();
    expect(lab.client.welcome.home).toBeNull();
    expect(await lab.run(furnish)).toMatchObject({ code: 0 });
    const before = await lab.run(inventory);
    expect(before.code).toBe(0);
    const after = await next(lab, 'keep');
    expect(after.client.welcome).toMatchObject({ created: true, home: 'restored' });
    expect((await after.run(inventory)).output).toBe(before.output);
    // A shell that was warm has read another .bashrc.
    const terminal = await after.client.open();
    const since = terminal.type('mine\n');
    await terminal.waitForOutput(/^my own/m, { since });
    // What is outside of the home is new.
    expect((await after.run('id -u; ls /tmp | grep -c mine')).output).toBe('1000\n0');
  });

  test('[L19] who wants an empty home gets one, now and later', async () => {
    const lab = await house.enter();
    await lab.run('echo mine > ~/mine');
    const kept = await next(lab, 'keep');
    expect((await kept.run('cat ~/mine')).output).toBe('mine');
    const empty = await next(kept, 'empty');
    expect(empty.client.welcome).toMatchObject({ created: true, home: null });
    expect((await empty.run('ls -A ~ | grep -v history | sort | tr "\\n" " "')).output).toBe(
      '.bashrc .hushlogin .profile',
    );
  });

  test('[L19] frozen labs, full of processes, memory or frozen groups, are kept too', async () => {
    const lab = await house.enter();
    await lab.run(
      'echo frozen > ~/state; (setsid bash -c "for i in {1..600}; do sleep 3000 & done" &)',
    );
    await lab.sudo(
      'd=$(ls -d /sys/fs/cgroup/freezer 2>/dev/null); [ -z "$d" ] || { mkdir $d/x; sleep 3001 & echo $! > $d/x/cgroup.procs; echo FROZEN > $d/x/freezer.state; }; true',
    );
    await lab.client.close();
    await until('it is frozen', () => isFrozen(lab.init));
    const after = await next(await enterAgain(lab), 'keep');
    expect((await after.run('cat ~/state')).output).toBe('frozen');
  });
});

describe('[L19] however a lab ends', () => {
  test('[L19] by idleness, by a stop of the house, by kill -9 of all its processes', async () => {
    const other = await KernelHouse.open({ COULISSE_IDLE_MINUTES: '0.05' });
    const lab = await other.enter();
    await lab.run('echo idle > ~/file');
    await lab.client.close();
    await until('it is gone', () => !existsSync(`/proc/${lab.init}`)).catch(() => undefined);
    await until('its home is kept', () => filesOf(other).length === 1);
    const second = await enterAgain(lab, other);
    expect((await second.run('cat ~/file; echo stop > ~/file')).output).toBe('idle');
    await other.house.stop();
    await other.start();
    const third = await enterAgain(lab, other);
    expect((await third.run('cat ~/file; echo killed > ~/file')).output).toBe('stop');
    const pids = (['keeper', 'link', 'web'] as const).map((name) => other.house.pidOf(name));
    other.house.main.kill('SIGKILL');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until('they have ended', () => !pids.some((pid) => existsSync(`/proc/${pid}/exe`)));
    await other.start();
    const fourth = await enterAgain(lab, other);
    expect((await fourth.run('cat ~/file')).output).toBe('killed');
    await other.close();
  });

  test('[L19] by the death of PID 1: what the clock kept is there; what is too large is told and changes nothing', async () => {
    const other = await KernelHouse.open({
      COULISSE_CHECKPOINT_MINUTES: OFTEN,
      COULISSE_CHECKPOINT_MIB: String(LIMIT_MIB),
    });
    const lab = await other.enter();
    await lab.run('echo small > ~/file');
    expect((await lab.client.next('home')).home).toBe('saved');
    // Too large before anything else is new: the clock may strike between the two.
    await lab.run(`head -c ${LIMIT_MIB}M /dev/urandom > /tmp/more; mv /tmp/more ~/more`);
    await lab.run('echo large > ~/file');
    await until('it is told', async () => (await lab.client.next('home')).home === 'too-large');
    expect(filesOf(other)).toHaveLength(1);
    process.kill(lab.init, 'SIGKILL');
    await lab.client.closed;
    const after = await enterAgain(lab, other);
    expect(after.client.welcome.home).toBe('restored');
    expect((await after.run('cat ~/file; ls ~')).output).toBe('small\nfile');
    await other.close();
  });
});

describe('[L19] hostile homes', () => {
  /** Puts a program of the learner in tar's place. */
  const replaceTar = (lab: LearnerLab, script: string) =>
    lab.sudo(`cat > /usr/bin/tar.new <<'END'\n#!/bin/bash\n${script}\nEND
chmod 755 /usr/bin/tar.new; mv /usr/bin/tar.new /usr/bin/tar`);

  test('[L19] a tar of the learner is the lab’s own root and no more, and sees nobody', async () => {
    const lab = await house.enter();
    await lab.run('echo kept > ~/file');
    await replaceTar(
      lab,
      `exec 2>/dev/null 3> ~/seen; cd ~
echo "$$ $PPID $(id -u) $(ulimit -n) $(hostname)" >&3
kill -9 -1; mount -t proc proc /mnt && echo 'a proc' >&3
echo x > /proc/sys/kernel/core_pattern && echo 'the lab host' >&3
env | cut -d= -f1 | grep -v '^_$' | sort | tr '\\n' ' ' >&3; exec busybox tar -cf - seen`,
    );
    const after = await next(lab, 'keep');
    const seen = await after.sudo('cat ~student/seen');
    expect(seen.output).toBe('1 0 0 4096 lab\nHOME LANG OLDPWD PATH PWD SHLVL');
  });

  test('[L19] it runs beside the lab: all namespaces but one, three descriptors, the limits', async () => {
    const lab = await house.enter();
    await replaceTar(lab, 'exec sleep 3000');
    const { init } = lab;
    const limited = limitedGroup(init, 'pids').path;
    lab.client.send({ type: 'reset', home: 'keep' });
    const tar = await until('tar runs', () =>
      processesBelow(join(limited, 'errands')).find((pid) => readOf(pid, 'comm') === 'sleep\n'),
    );
    const { pid: own, ...others } = namespacesOf(tar);
    const { pid: labs, ...ofLab } = namespacesOf(init);
    expect(others).toEqual(ofLab);
    expect(own).not.toBe(labs);
    expect(readdirSync(`/proc/${tar}/fd`).toSorted()).toEqual(['0', '1', '2']);
    expect(statusOf(tar, 'Uid')).toBe(statusOf(init, 'Uid'));
    expect(groupsOf(tar)).toEqual(groupsOf(init));
    expect(statusOf(tar, 'Seccomp')).toBe('2');
    // Everything else in the lab was killed before.
    expect(processesBelow(join(limited, 'lab'))).toEqual([init]);
    await enterAgain(lab);
    await expect.poll(() => existsSync(`/proc/${tar}`), { timeout: patient(20_000) }).toBe(false);
  });

  test.each([
    ['writes without end', 'exec cat /dev/zero'],
    ['writes nothing and stays', 'exec sleep 3000'],
    ['stops itself', 'echo begun; kill -STOP $$; sleep 3000'],
    ['leaves others behind', 'setsid sleep 3000 & (trap "" HUP TERM; sleep 3001) & exit 3'],
    ['says that all is well', 'exit 0'],
    ['ends in the middle', 'head -c 102400 /dev/zero; exit 2'],
  ])('[L19] a tar that %s changes nothing and keeps no lab', async (_name, script) => {
    const lab = await house.enter();
    await lab.run('echo kept > ~/file');
    const second = await next(lab, 'keep');
    await second.run('echo spoiled > ~/file');
    await replaceTar(second, script);
    const third = await next(second, 'keep');
    expect((await third.run('cat ~/file')).output).toBe('kept');
    expect(filesOf().filter((name) => name.endsWith('.draft'))).toEqual([]);
  });

  test('[L19] what cannot be unpacked is set aside, and the learner told', async () => {
    const lab = await house.enter();
    await replaceTar(lab, 'head -c 102400 /dev/urandom');
    const second = await next(lab, 'keep');
    expect(second.client.welcome.home).toBe('incomplete');
    expect((await second.run('echo here')).output).toBe('here');
    expect(filesOf().filter((name) => name.endsWith('.aside'))).toHaveLength(1);
  });

  test('[L19] keeper killed by -9 while it keeps a home: what was kept before is whole', async () => {
    const lab = await house.enter();
    await lab.run('echo kept > ~/file');
    const second = await next(lab, 'keep');
    await second.run('echo spoiled > ~/file');
    await replaceTar(second, 'head -c 1000000 /dev/zero; sleep 3000');
    second.client.send({ type: 'reset', home: 'keep' });
    await until('it is being kept', () =>
      filesOf().some((name) => name.endsWith('.draft') && sizeOf(name) >= 1_000_000),
    );
    process.kill(house.house.pidOf('keeper'), 'SIGKILL');
    // The keeper after it adopts the lab, which is reset again and is no more willing.
    const third = await next(await enterAgain(second), 'keep');
    expect((await third.run('cat ~/file')).output).toBe('kept');
    expect(filesOf().filter((name) => name.endsWith('.draft'))).toEqual([]);
  });
});
