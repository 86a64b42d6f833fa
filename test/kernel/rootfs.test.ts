// Asks the built lab root, by the kernel, whether it is what lessons count on. Knows no lab: it is
// entered by chroot in a mount namespace that goes away with the shell.
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyRootfs } from '../../docker-host/rootfs/manifest.mjs';

const run = promisify(execFile);
const MB = 1024 * 1024;
const stateDir = process.env['COULISSE_STATE'] ?? '/var/lib/coulisse';
const { ok, reason, path: tree } = verifyRootfs(stateDir);

/** Runs a shell where mounts are its own; what it mounts goes when it ends, however it ends. */
async function inOwnNamespaces(script: string): Promise<string> {
  const flags = ['--mount', '--pid', '--uts', '--fork', '--kill-child', '--propagation=private'];
  const { stdout } = await run('unshare', [...flags, 'bash', '-c', `(${script}\n) 2>&1 || true`]);
  return stdout;
}

/** As student, in the lab's root, by a login shell with nothing of ours in its environment. */
const asStudent = (command: string) =>
  inOwnNamespaces(
    `hostname lab; mount -t proc proc ${tree}/proc; mount -t tmpfs run ${tree}/run
     mount --bind /dev ${tree}/dev; mount -t tmpfs tmp ${tree}/tmp
     chroot --userspec=1000:1000 ${tree} env -i HOME=/home/student TERM=xterm bash -lc '${command}'`,
  );

test('the root is built and is what was built', () => {
  expect(reason).toBe('it is what was built');
  expect(ok).toBe(true);
});

test('looking it over takes less than 300 ms', () => {
  const start = performance.now();
  verifyRootfs(stateDir);
  expect(performance.now() - start).toBeLessThan(300);
});

test('everything built takes at most 350 MB, and /var/lib less than 200 KB', async () => {
  const kilobytes = async (path: string) =>
    Number.parseInt((await run('du', ['-sk', path])).stdout);
  expect(await kilobytes(join(stateDir, 'rootfs'))).toBeLessThanOrEqual(350 * 1024);
  expect(await kilobytes(join(tree, 'var/lib'))).toBeLessThan(200);
});

test('no ordinary user of the machine reaches the setuid programs inside', () => {
  expect(statSync(join(stateDir, 'rootfs')).mode & 0o077).toBe(0);
});

test('mount points are there and empty', () => {
  const names = ['proc', 'sys', 'dev', 'run', 'tmp'];
  expect(names.map((name) => readdirSync(join(tree, name)))).toEqual(names.map(() => []));
});

const programs =
  'sudo ps kill pkill pstree unshare nsenter lsns mount umount newuidmap newgidmap ip ping iptables nft capsh setcap strace busybox socat tmux less nano vi tree jq file tini catatonit bash dash perl chroot hostname findmnt';

test('student finds every tool that lessons use', async () => {
  const script = `for name in ${programs}; do type -P $name >/dev/null || echo $name; done`;
  expect(await asStudent(script)).toBe('');
});

test('there is no compiler', async () => {
  expect(await asStudent('command -v cc gcc make')).toBe('');
});

test('sh is dash', async () => {
  expect(await asStudent('readlink -f /bin/sh')).toBe('/usr/bin/dash\n');
});

test('student becomes root by sudo without a password, a word of complaint or a lost PATH', async () => {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  expect(await asStudent('id -un; sudo -n id -un; echo $PATH; sudo -n printenv PATH')).toBe(
    `student\nroot\n${path}\n${path}\n`,
  );
  expect(lstatSync(join(tree, 'usr/bin/sudo')).mode & 0o7777).toBe(0o4755);
});

test('the shell has the prompt, the locale and the names that lessons quote', async () => {
  expect(await asStudent('echo $LANG; hostname; cat /etc/hostname /etc/subuid /etc/subgid')).toBe(
    'C.UTF-8\nlab\nlab\nstudent:2000:60000\nstudent:2000:60000\n',
  );
  const bashrc = await readFile(join(tree, 'home/student/.bashrc'), 'utf8');
  expect(bashrc).toContain(String.raw`PS1='\u@\h:\w\$ '`);
});

test('nothing tells of the lab host', async () => {
  expect(await readFile(join(tree, 'etc/resolv.conf'), 'utf8')).toBe('');
  expect(existsSync(join(tree, 'etc/apt/sources.list'))).toBe(false);
  const stdout = await inOwnNamespaces(`grep -rl ${stateDir} ${tree}/etc`);
  expect(stdout).toBe('');
});

describe("the learner's tarball", () => {
  const tarball = join(tree, 'usr/share/lab/debian-rootfs.tar');
  let rootfs = '';
  let unpackedInMs = Infinity;

  beforeAll(async () => {
    rootfs = mkdtempSync(join(tmpdir(), 'coulisse-learner-'));
    const start = performance.now();
    await run('tar', ['-xpf', tarball, '-C', rootfs]);
    unpackedInMs = performance.now() - start;
  });
  afterAll(() => rmSync(rootfs, { recursive: true }));

  test('stands where lessons name it', async () => {
    expect(await asStudent('ls -L /var/lib/lab')).toBe('debian-rootfs.tar\n');
  });

  test('unpacks to at most 40 MB within a second', async () => {
    const { stdout } = await run('du', ['-sm', rootfs]);
    expect(Number.parseInt(stdout)).toBeLessThanOrEqual(40);
    expect(statSync(tarball).size).toBeLessThan(40 * MB);
    expect(unpackedInMs).toBeLessThan(1000);
  });

  test('holds no device node, and its proc, sys and dev are empty', async () => {
    const { stdout } = await run('find', [rootfs, '-type', 'b', '-o', '-type', 'c']);
    expect(stdout).toBe('');
    const names = ['proc', 'sys', 'dev'];
    expect(names.map((name) => readdirSync(join(rootfs, name)))).toEqual(names.map(() => []));
  });

  test('lacks no library of any of its programs', async () => {
    const loader = '$(ls /lib64/ld-linux-*.so.? /lib/ld-linux-*.so.? 2>/dev/null | head -1)';
    const script = `find /usr/bin /usr/sbin -type f | xargs -n1 ${loader} --list | grep "not found"`;
    expect(await inOwnNamespaces(`chroot ${rootfs} /bin/bash -c '(${script}) 2>/dev/null'`)).toBe(
      '',
    );
  });

  test('answers as the article: ps wants /proc, mount gives it, kill finds nobody', async () => {
    const lines = ['ps -aux', 'mount -t proc proc /proc', 'ps -aux', 'kill 5996', 'echo $$'];
    const input = lines.join('\\n');
    // The subshell is PID 1 of the new namespace, so that dash is not: chroot is exec'd into it.
    const answer = await inOwnNamespaces(
      `printf '${input}\\n' | PS1= unshare -pf chroot ${rootfs} /bin/sh -i`,
    );
    expect(answer).toContain('Error, do this: mount -t proc proc /proc');
    expect(answer).toMatch(/root +1 .* \/bin\/sh -i\n/);
    expect(answer).toContain('/bin/sh: 4: kill: No such process');
    expect(answer).toMatch(/^1$/m);
  });

  test.each(['ip address', 'ping -c1 127.0.0.1', 'id -un', 'cat /etc/os-release', 'hostname'])(
    '%s works in it',
    async (command) => {
      const script = `chroot ${rootfs} /bin/sh -c '${command} >/dev/null && echo works'`;
      expect(await inOwnNamespaces(script)).toBe('works\n');
    },
  );
});

describe('a disk that is full', () => {
  const builder = join(import.meta.dirname, '../../docker-host/rootfs/build.sh');
  let disk = '';

  beforeAll(() => {
    disk = mkdtempSync(join(tmpdir(), 'coulisse-disk-'));
  });
  afterAll(() => rmSync(disk, { recursive: true }));

  /** The build runs beside `meanwhile`, which ends with it, on a file system of its own, which the shell takes along. */
  const buildOn = (megabytes: number, meanwhile = 'true') =>
    inOwnNamespaces(
      `mount -t tmpfs -o size=${megabytes}M full ${disk}
       (${meanwhile}) & ${builder} ${disk} 2>&1 >/dev/null; echo "code $?"; kill $! 2>/dev/null; wait
       find ${disk} -mindepth 1 -not -path ${disk}/rootfs -not -name .lock -not -name ballast`,
    );

  test('is told before anything is fetched', async () => {
    const answer = await buildOn(100);
    expect(answer).toMatch(
      /^Not enough room to build the lab's root directory: \S+ has \d+ MB free and 1200 MB are needed\. Free some space there, or set COULISSE_STATE [^\n]+\.?\ncode 1\n$/,
    );
  });

  test('is told when it fills up in the middle, and nothing half-built is left', async () => {
    const fillWhenBegun = `until [ -d ${disk}/rootfs/.build-*/tree/etc ]; do sleep 0.02; done
      dd if=/dev/zero of=${disk}/ballast bs=1M 2>/dev/null`;
    const answer = await buildOn(1300, fillWhenBegun);
    expect(answer).toMatch(
      /^Not enough room to build the lab's root directory: \S+ has [01] MB free and 1200 MB are needed\. [^\n]+\ncode 1\n$/,
    );
  });
});

test('a broken root is noticed and a half-built one is not taken for whole', async () => {
  const state = mkdtempSync(join(tmpdir(), 'coulisse-broken-'));
  try {
    const name = join(tree, '../..');
    await run('cp', ['-a', name, state]);
    expect(verifyRootfs(state).ok).toBe(true);
    const copy = verifyRootfs(state).path;
    await writeFile(join(copy, 'usr/bin/sudo'), '');
    expect(verifyRootfs(state)).toMatchObject({ ok: false });
    await run('cp', ['-a', join(tree, 'usr/bin/sudo'), join(copy, 'usr/bin/sudo')]);
    await run('touch', ['-r', join(tree, 'usr/bin'), join(copy, 'usr/bin')]);
    expect(verifyRootfs(state).ok).toBe(true);
    rmSync(join(copy, 'usr/sbin'), { recursive: true });
    expect(verifyRootfs(state).ok).toBe(false);
  } finally {
    rmSync(state, { recursive: true });
  }
});

test('no mount of ours is left', async () => {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  expect(mounts).not.toContain('coulisse-disk-');
  expect(mounts).not.toContain('coulisse-learner-');
});
