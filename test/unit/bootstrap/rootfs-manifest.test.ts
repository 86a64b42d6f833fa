// Proves that a lab root which is not what was built is noticed, on small trees. Builds no real one.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  computeRecipeHash,
  pruneRootfs,
  verifyRootfs,
  writeManifest,
} from '../../../docker-host/rootfs/manifest.mjs';
import { makeTemporaryDirectory } from './temporary-directory.ts';

function makeState() {
  const state = makeTemporaryDirectory();
  const directory = join(state, 'rootfs', computeRecipeHash());
  const tree = join(directory, 'tree');
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  writeFileSync(join(tree, 'usr/bin/sudo'), 'program');
  symlinkSync('usr/bin', join(tree, 'bin'));
  writeManifest(directory);
  return { state, directory, tree };
}

test('what was built is accepted and its path is given', () => {
  const { state, tree } = makeState();
  expect(verifyRootfs(state)).toEqual({ ok: true, reason: 'it is what was built', path: tree });
});

test('nothing built is said', () => {
  expect(verifyRootfs(makeTemporaryDirectory())).toMatchObject({
    ok: false,
    reason: 'it is not built yet',
  });
});

const later = new Date(Date.now() + 60_000);

test.each<[string, (tree: string) => void]>([
  ['a truncated file', (tree) => truncateSync(join(tree, 'usr/bin/sudo'), 1)],
  ['a missing file', (tree) => unlinkSync(join(tree, 'usr/bin/sudo'))],
  ['a file more', (tree) => writeFileSync(join(tree, 'usr/bin/more'), '')],
  ['another mode', (tree) => chmodSync(join(tree, 'usr/bin/sudo'), 0o4755)],
  ['another time', (tree) => utimesSync(join(tree, 'usr/bin/sudo'), later, later)],
  [
    'another link',
    (tree) => {
      unlinkSync(join(tree, 'bin'));
      symlinkSync('usr', join(tree, 'bin'));
    },
  ],
])('%s is noticed', (_, change) => {
  const { state, tree } = makeState();
  change(tree);
  expect(verifyRootfs(state)).toMatchObject({
    ok: false,
    reason: 'its files are not those that were built',
  });
});

test('a manifest that is missing or torn is noticed', () => {
  const { state, directory } = makeState();
  writeFileSync(join(directory, 'manifest.json'), '{"version": 1');
  expect(verifyRootfs(state).reason).toBe('its manifest cannot be read');
  rmSync(join(directory, 'manifest.json'));
  expect(verifyRootfs(state).reason).toBe('its manifest is missing');
});

test('roots of older recipes are removed, unless a server may stand on them', () => {
  const { state, tree } = makeState();
  const older = join(state, 'rootfs/0123456789abcdef');
  mkdirSync(older);
  mkdirSync(join(state, 'run'));
  writeFileSync(join(state, 'run/main.lock'), `${process.pid}\n`);
  expect(pruneRootfs(state)).toEqual([]);
  rmSync(join(state, 'run/main.lock'));
  expect(pruneRootfs(state)).toEqual(['0123456789abcdef']);
  expect(existsSync(older)).toBe(false);
  expect(existsSync(tree)).toBe(true);
});
