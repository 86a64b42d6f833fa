// Proves how the set-up tells that its work is already done. Installs and builds nothing.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashContents } from '../../../docker-host/bootstrap/content-hash.mjs';
import { listMissing } from '../../../docker-host/bootstrap/debian-packages.mjs';
import { isInstalled } from '../../../docker-host/bootstrap/node-modules.mjs';
import { chooseStateDir } from '../../../docker-host/bootstrap/settings.mjs';
import { makeTemporaryDirectory } from './temporary-directory.ts';

type Packages = Record<string, { version?: string; optional?: boolean }>;

function makeCheckout(wanted: Packages, there?: Packages): string {
  const root = makeTemporaryDirectory();
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (there) {
    mkdirSync(join(root, 'node_modules'));
    const inside = join(root, 'node_modules/.package-lock.json');
    writeFileSync(inside, JSON.stringify({ packages: there }));
  }
  return root;
}

const zod = { 'node_modules/zod': { version: '4.6.7' } };

test('a checkout without node_modules is not installed', () => {
  expect(isInstalled(makeCheckout(zod))).toBe(false);
});

test('packages of other machines may be missing, others not', () => {
  const forMac = { 'node_modules/fsevents': { version: '2.0.0', optional: true } };
  expect(isInstalled(makeCheckout({ '': {}, ...zod, ...forMac }, zod))).toBe(true);
  expect(isInstalled(makeCheckout({ ...zod, 'node_modules/ws': { version: '8.0.0' } }, zod))).toBe(
    false,
  );
});

test('a package of another version means that npm ci is due', () => {
  const older = { 'node_modules/zod': { version: '3.0.0' } };
  expect(isInstalled(makeCheckout(zod, older))).toBe(false);
});

test('a hash changes with content, names and absence, and with nothing else', () => {
  const root = makeTemporaryDirectory();
  mkdirSync(join(root, 'app'));
  writeFileSync(join(root, 'app/page.tsx'), 'one');
  const first = hashContents(root, ['app', 'missing']);
  expect(hashContents(root, ['app', 'missing'])).toBe(first);
  writeFileSync(join(root, 'app/page.tsx'), 'two');
  const second = hashContents(root, ['app', 'missing']);
  expect(second).not.toBe(first);
  writeFileSync(join(root, 'missing'), '');
  expect(hashContents(root, ['app', 'missing'])).not.toBe(second);
  symlinkSync('nowhere', join(root, 'app/dangling'));
  expect(() => hashContents(root, ['app'])).not.toThrow();
});

test('only packages that dpkg does not have installed are missing', () => {
  expect(listMissing(['bash', 'no-such-package-anywhere'])).toEqual(['no-such-package-anywhere']);
});

test('state lies in one place, which the environment may choose', () => {
  expect(chooseStateDir({ COULISSE_STATE: '/srv/labs' }, true)).toBe('/srv/labs');
  expect(chooseStateDir({}, true)).toBe('/var/lib/coulisse');
  expect(chooseStateDir({ XDG_STATE_HOME: '/home/me/state' }, false)).toBe(
    '/home/me/state/coulisse',
  );
});
