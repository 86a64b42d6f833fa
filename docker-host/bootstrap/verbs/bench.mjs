// `npm run bench`: sets up, then measures. Knows nothing of what is measured.
import { installMissing, packagesForBench } from '../debian-packages.mjs';
import { runInFront } from '../run.mjs';
import { environmentForTools, pinnedNode, root } from '../settings.mjs';
import { requireLabs, setUpAll } from '../setup.mjs';
import { Unmet } from '../unmet.mjs';

/** @param {string[]} args */
export async function bench(args) {
  requireLabs(await setUpAll(), 'Benchmarks');
  await installPeers();
  const env = environmentForTools();
  return runInFront(pinnedNode, ['test/bench/main.ts', ...args], { cwd: root, env });
}

/** A lab can be measured without them: what they are needed for is skipped, and says so. */
async function installPeers() {
  try {
    await installMissing(packagesForBench);
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    console.error(error.message);
  }
}
