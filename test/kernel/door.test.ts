// Knocks at keeper's door as those who may not, and with requests that do not fit. Knows no lab's inside.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { socketNames } from '../../server/foundation/child-setup.ts';
import { users } from '../../server/front-door/state-directory.ts';
import { KernelHouse } from './kernel-house.ts';
import { ask, knock, observe } from './keeper-door.ts';
import { readOf, statusOf, until } from './kernel-view.ts';
import { openTerminal } from './learner-lab.ts';

let house: KernelHouse;

beforeAll(async () => {
  house = await KernelHouse.open();
});

afterAll(() => house.close());

/** By a program that everybody may start, wherever this checkout is. */
const tryToConnect = `use Errno; use Socket; socket(my $door, AF_UNIX, SOCK_STREAM, 0) or die $!; print connect($door, pack_sockaddr_un($ARGV[0])) ? "open" : $!{EACCES} ? "EACCES" : "$!"`;

describe('[L8] the door', () => {
  test.each([
    ['an ordinary user', 65_534, 65_534],
    ['web', users.web, users.group],
  ])('[L8] %s cannot connect to keeper', (_, uid, gid) => {
    for (const name of [socketNames.keeper, socketNames.keeperDescriptors]) {
      const path = join(house.stateDir, 'run', name);
      // From inside the directory: who cannot search the way there must be refused by the socket itself.
      const { stdout } = spawnSync('/usr/bin/perl', ['-e', tryToConnect, path], {
        uid,
        gid,
        env: exactEnvironment({}),
      });
      expect(String(stdout).trim()).toBe('EACCES');
      expect(statSync(path)).toMatchObject({ uid: users.link });
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  });

  test('[L8] keeper listens on no network, and link and web have no capability and no way to get one', () => {
    const inodes = new Set(
      ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((name) =>
        (readOf(house.house.pidOf('keeper'), `net/${name}`) ?? '')
          .split('\n')
          .map((line) => line.trim().split(/\s+/)[9] ?? ''),
      ),
    );
    const ownSockets = spawnSync('ls', [
      '-l',
      `/proc/${house.house.pidOf('keeper')}/fd`,
    ]).stdout.toString();
    for (const [, inode] of ownSockets.matchAll(/socket:\[(\d+)\]/g))
      expect(inodes.has(inode ?? '')).toBe(false);
    for (const name of ['link', 'web'] as const) {
      const pid = house.house.pidOf(name);
      expect(statusOf(pid, 'Uid').split(' ')[0]).toBe(String(users[name]));
      expect(statusOf(pid, 'Groups')).toBe('');
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
        expect(statusOf(pid, set), `${name} ${set}`).toBe('0000000000000000');
      }
      expect(statusOf(pid, 'NoNewPrivs')).toBe('1');
    }
  });

  test('a key goes before everything else of ours: link alone has a higher priority', () => {
    const niceOf = (name: 'keeper' | 'link' | 'web') => getPriority(house.house.pidOf(name));
    expect(niceOf('link')).toBeLessThan(niceOf('keeper'));
    expect(niceOf('web')).toBe(niceOf('keeper'));
  });

  test.each([
    ['no verb', { id: 1 }],
    ['an unknown verb', { id: 1, verb: 'run', command: 'id' }],
    ['an unknown key', { id: 1, verb: 'greet', version: 1, more: true }],
    ['a path that is a lab id', { id: 1, verb: 'destroy-lab', lab: '../../../../etc' }],
    [
      'a relative path to look at',
      {
        id: 1,
        verb: 'observe',
        lab: 'a'.repeat(16),
        paths: ['etc'],
        passing: false,
        networks: false,
        drawn: false,
        since: null,
      },
    ],
    [
      'a terminal of no size',
      {
        id: 1,
        verb: 'open-terminal',
        lab: 'a'.repeat(16),
        terminal: 1,
        size: { cols: 0, rows: 0 },
      },
    ],
  ])('[L8] a request with %s closes the door and does nothing', async (_, request) => {
    expect(await ask(house.stateDir, request)).toBeUndefined();
  });

  test('[L8] bytes that are no JSON, or a line without end, close the door', async () => {
    for (const bytes of ['not json\n', 'x'.repeat(4 * 1024 * 1024)]) {
      const socket = await knock(house.stateDir);
      // keeper may be quicker to close than this end to write.
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(bytes);
      await closed;
      expect(socket.destroyed).toBe(true);
    }
  });

  test('[L8] a link of another version is told so, and of no lab', async () => {
    const answer = await ask(house.stateDir, { id: 3, verb: 'greet', version: 1 });
    expect(answer).toMatchObject({ type: 'failure', id: 3, code: 'failed' });
    expect(answer).toHaveProperty('sentence', expect.stringContaining('version 1 and keeper 2'));
  });

  test('[L8] what is not there is answered, not fatal', async () => {
    const lab = 'a'.repeat(16);
    const failure = await ask(house.stateDir, {
      id: 7,
      verb: 'observe',
      lab,
      paths: [],
      passing: false,
      networks: false,
      drawn: false,
      since: null,
    });
    expect(failure).toMatchObject({ type: 'failure', id: 7, code: 'no-such-lab' });
    expect(
      await ask(house.stateDir, { id: 8, verb: 'destroy-lab', lab, home: 'save' }),
    ).toMatchObject({
      type: 'result',
    });
  });

  test('[L8] after all that link comes back by itself, and labs and their terminals are served', async () => {
    const lab = await house.enter();
    const terminal = await openTerminal(lab.client);
    await observe(house.stateDir, lab.name);
    const again = await until('a new terminal', () => lab.client.open().catch(() => undefined));
    await again.waitForOutput(/\$ $/);
    const since = terminal.type('echo still-$((1 + 1))\n');
    expect(await terminal.waitForOutput(/still-2/, { since })).toBeTruthy();
  });
});

describe('[L9] the journal', () => {
  test('[L9] a lab is written down with its slot, image and PID 1, readable by root alone', async () => {
    const lab = await house.enter();
    const path = join(house.stateDir, 'keeper/journal', `${lab.name}.json`);
    const entry: unknown = JSON.parse(readFileSync(path, 'utf8'));
    expect(entry).toMatchObject({ version: 1, lab: lab.name, init: { pid: lab.init } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(house.stateDir, 'keeper')).mode & 0o777).toBe(0o700);
  });

  test('[L9] an entry that cannot be read is set aside at the next start and stops nobody', async () => {
    const journal = join(house.stateDir, 'keeper/journal');
    await house.house.stop();
    writeFileSync(join(journal, 'broken.json'), '{"version": 99');
    await house.start();
    await house.enter();
    expect(readdirSync(journal)).toContain('broken.json.unreadable');
    spawnSync('rm', [join(journal, 'broken.json.unreadable')]);
  });

  test('[L9] what a keeper was writing when it was killed is gone when the next one is there', async () => {
    const draft = join(house.stateDir, 'keeper/journal', `${'a'.repeat(16)}.json.draft`);
    writeFileSync(draft, '{"version": 1, "lab"');
    process.kill(house.house.pidOf('keeper'), 'SIGKILL');
    await until('it is gone', () => !existsSync(draft));
    expect(await until('another keeper', () => house.enter().catch(() => undefined))).toBeTruthy();
  });
});
