// Has the labs' root directory built when it is missing or not what was built. Knows no recipe.
import { join } from 'node:path';
import { verifyRootfs } from '../rootfs/manifest.mjs';
import { runPhase } from './phases.mjs';
import { runQuietly } from './run.mjs';
import { environmentWithoutTools } from './settings.mjs';
import { Unmet } from './unmet.mjs';

const builder = join(
  import.meta.dirname ?? new URL('.', import.meta.url).pathname,
  '../rootfs/build.sh',
);

/** @param {string} stateDir */
export async function buildRootfs(stateDir) {
  const { ok, reason } = verifyRootfs(stateDir);
  if (ok) return;
  await runPhase(`The labs' root directory (${reason})`, async (report) => {
    const outcome = await runQuietly('bash', [builder, stateDir], {
      env: environmentWithoutTools(),
      onLine: (line) => {
        const [, percent, text = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
        if (percent !== undefined) report({ percent: Number(percent), text });
      },
    });
    if (outcome.code > 128)
      throw new Unmet('Interrupted; nothing half-built is left.', outcome.code);
    if (outcome.code !== 0) {
      throw new Unmet(outcome.errors.at(-1) ?? 'build.sh failed and said nothing.');
    }
  });
}
