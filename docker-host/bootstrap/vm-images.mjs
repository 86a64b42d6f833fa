// The disks of the machine that the vm tests boot. What takes long is kept in the state directory under the
// hash of what it was made of. Knows no test, and not how the machine is started.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { verifyRootfs } from '../rootfs/manifest.mjs';
import { hashContents } from './content-hash.mjs';
import { runPhase } from './phases.mjs';
import { runQuietly } from './run.mjs';
import { environmentWithoutTools, root } from './settings.mjs';
import { Unmet } from './unmet.mjs';

const recipe = join(root, 'docker-host/vm');

/** Labs and the tests' own files; sparse, so that it takes what is written. */
const scratchBytes = 32 * 1024 ** 3;

/** What the machine needs of the checkout, beside node_modules. */
const partsOfCheckout = [
  '.next',
  'app',
  'content',
  'docker-host',
  'docs',
  'package.json',
  'server',
  'test',
  'tsconfig.json',
];

/** @typedef {{ kernel: string, initrd: string, disks: { path: string, isWritable: boolean }[] }} Images */

/**
 * @param {{ stateDir: string, work: string, command: string[] }} options `work`: a directory for this run;
 * `command`: what the machine runs, word by word
 * @returns {Promise<Images>}
 */
export async function prepareImages({ stateDir, work, command }) {
  const store = join(stateDir, 'vm');
  mkdirSync(store, { recursive: true, mode: 0o700 });
  const rootfs = verifyRootfs(stateDir);
  if (!rootfs.ok) throw new Unmet(`The labs' root directory cannot be used: ${rootfs.reason}.`);

  const system = await keep(store, {
    name: `system-${hashContents(recipe, systemIngredients).slice(0, 16)}`,
    what: 'Machine for the vm tests',
    make: async (draft, report) => {
      const script = join(recipe, 'build-system.sh');
      await runOrFail('bash', [script, draft, await findSources()], report);
    },
  });
  const modules = await keep(store, {
    name: `modules-${hashContents(root, ['node_modules/.coulisse-lock']).slice(0, 16)}`,
    what: 'Disk with npm packages',
    make: (draft) => packBelow(join(root, 'node_modules'), join(draft, 'image')),
  });
  const labs = await keep(store, {
    name: `rootfs-${hashContents(rootfs.path, ['../manifest.json']).slice(0, 16)}`,
    what: "Disk with the labs' root directory",
    make: (draft) => packBelow(join(rootfs.path, '..'), join(draft, 'image')),
  });
  return {
    kernel: join(system, 'kernel'),
    initrd: join(system, 'initrd'),
    disks: [
      { path: join(system, 'system.img'), isWritable: false },
      { path: join(modules, 'image'), isWritable: false },
      { path: join(labs, 'image'), isWritable: false },
      { path: await packCheckout(work, command), isWritable: false },
      { path: await makeScratch(work), isWritable: true },
    ],
  };
}

/** The init is read from the checkout's disk, so a change of it builds no system anew. */
const systemIngredients = [
  'build-system.sh',
  'first-root.sh',
  'pack.sh',
  'packages-vm.txt',
  'unpack-kernel.sh',
];

/**
 * A directory of the store, made when it is not there yet; those of the same kind that it replaces go.
 * @param {string} store
 * @param {{ name: string, what: string, make: (draft: string, report: import('./phases.mjs').Report) => Promise<void> }} options
 * @returns {Promise<string>}
 */
async function keep(store, { name, what, make }) {
  const path = join(store, name);
  if (existsSync(path)) return path;
  const kind = name.slice(0, name.indexOf('-') + 1);
  await runPhase(what, async (report) => {
    const draft = mkdtempSync(join(store, '.draft-'));
    try {
      await make(draft, report);
      renameSync(draft, path);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
  for (const other of readdirSync(store)) {
    if (other.startsWith(kind) && other !== name) rmSync(join(store, other), { recursive: true });
  }
  return path;
}

/**
 * An image that holds the directory under its own name. Bound in a mount namespace that goes with the
 * packing, so nothing is copied.
 * @param {string} directory @param {string} image
 */
async function packBelow(directory, image) {
  const stage = mkdtempSync(join(image, '../stage-'));
  const place = join(stage, basename(directory));
  mkdirSync(place);
  const script = 'mount --bind "$1" "$2" && exec "$3" "$4" "$5"';
  const words = [directory, place, join(recipe, 'pack.sh'), stage, image];
  await runOrFail('unshare', ['--mount', 'sh', '-c', script, 'sh', ...words]);
  rmSync(stage, { recursive: true });
}

/** @param {string} work @param {string[]} command */
async function packCheckout(work, command) {
  const stage = join(work, 'checkout');
  mkdirSync(stage);
  for (const part of partsOfCheckout.filter((name) => existsSync(join(root, name)))) {
    cpSync(join(root, part), join(stage, part), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      filter: (source) => source !== join(root, '.next/cache'),
    });
  }
  writeFileSync(join(stage, 'command'), `${command.join('\n')}\n`);
  const image = join(work, 'checkout.img');
  await runOrFail(join(recipe, 'pack.sh'), [stage, image]);
  rmSync(stage, { recursive: true });
  return image;
}

/** @param {string} work */
async function makeScratch(work) {
  const image = join(work, 'scratch.img');
  writeFileSync(image, '');
  truncateSync(image, scratchBytes);
  await runOrFail('mkfs.ext4', ['-q', '-O', '^has_journal', '-E', 'lazy_itable_init=1', image]);
  return image;
}

/** The machine's own sources of Debian 12, as the labs' root directory takes them. */
async function findSources() {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  /** @type {Set<string>} */
  const sources = new Set();
  const args = ['indextargets', '--format', format, 'Created-By: Packages'];
  await runQuietly('apt-get', args, {
    env: environmentWithoutTools(),
    onLine: (line) => {
      if (/ bookworm(-updates|-security)? main$/.test(line)) sources.add(`deb ${line}`);
    },
  });
  return [...sources].join('\n');
}

/**
 * @param {string} program @param {string[]} args
 * @param {import('./phases.mjs').Report} [report]
 */
async function runOrFail(program, args, report) {
  // Whoever runs the tests may be waiting for something else on the same cores.
  const outcome = await runQuietly('nice', ['-n', '10', program, ...args], {
    env: environmentWithoutTools(),
    onLine: (line) => report?.({ text: line.slice(0, 60) }),
  });
  if (outcome.code === 0) return;
  const said = outcome.errors.findLast((line) => !line.startsWith('W:')) ?? 'it said nothing';
  throw new Unmet(
    `${basename(program)} ${basename(args[0] ?? '')} failed for the vm tests: ${said}`,
  );
}
