// `npm run coulisse`: the command line of the server. Sets up no more than the command needs.
import { runInFront } from '../run.mjs';
import { environmentForTools, pinnedNode, root } from '../settings.mjs';
import { setUpAll, setUpTools } from '../setup.mjs';

/** @param {string[]} args */
export async function coulisse(args) {
  const why = args[0] === 'serve' ? await setUpAll() : await setUpTools();
  if (why !== undefined) console.log(`${why} The lessons alone are served.`);
  const env = environmentForTools(why === undefined ? {} : { COULISSE_ROLES: 'web' });
  return runInFront(pinnedNode, ['server/cli.ts', ...args], { cwd: root, env });
}
