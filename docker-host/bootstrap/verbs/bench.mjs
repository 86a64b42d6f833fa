// `npm run bench`: sets up, then measures. Knows nothing of what is measured.
import { packagesForTests } from '../debian-packages.mjs';
import { runInFront } from '../run.mjs';
import { environmentForTools, pinnedNode, root } from '../settings.mjs';
import { requireLabs, setUpAll } from '../setup.mjs';

/** @param {string[]} args */
export async function bench(args) {
  requireLabs(await setUpAll({ morePackages: packagesForTests }), 'Benchmarks');
  const env = environmentForTools();
  return runInFront(pinnedNode, ['test/bench/main.ts', ...args], { cwd: root, env });
}
