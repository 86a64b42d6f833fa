// Has Next build the pages when what they are made of changed. Knows no page.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashContents, readStamp } from './content-hash.mjs';
import { runPhase } from './phases.mjs';
import { runQuietly } from './run.mjs';
import { environmentForTools } from './settings.mjs';
import { Unmet } from './unmet.mjs';

/** Whatever a page may import, and what says how it is built. */
const ingredients = [
  'app',
  'content',
  'server/protocol',
  'server/foundation',
  'server/web',
  'package-lock.json',
  'next.config.js',
  'tsconfig.json',
];

/** @param {string} root */
export async function buildPages(root) {
  const stamp = join(root, '.next/coulisse-stamp');
  const hash = hashContents(root, ingredients);
  if (readStamp(stamp) === hash && existsSync(join(root, '.next/BUILD_ID'))) return;
  await runPhase('Pages', async (report) => {
    // Gone first: a build that is interrupted leaves pages of two versions.
    rmSync(stamp, { force: true });
    const outcome = await runQuietly(join(root, 'node_modules/.bin/next'), ['build'], {
      cwd: root,
      env: environmentForTools({ NODE_ENV: 'production' }),
      onLine: (line) => report(readProgress(line)),
    });
    if (outcome.code !== 0) {
      throw new Unmet(`The pages could not be built. Next said:\n${outcome.tail.join('\n')}`);
    }
    mkdirSync(join(root, '.next'), { recursive: true });
    writeFileSync(stamp, `${hash}\n`);
  });
}

/** Next counts static pages only; the rest is told by its name. @param {string} line */
function readProgress(line) {
  const text = line.replace(/^[\s✓○▲]+/, '').slice(0, 60);
  const [, done, all] = /\((\d+)\/(\d+)\)/.exec(line) ?? [];
  return all === undefined ? { text } : { text, percent: (100 * Number(done)) / Number(all) };
}
