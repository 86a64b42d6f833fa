// `npm start`: sets up, then puts the server in front. Knows nothing of what the server does.
import { requireFreePort } from '../preconditions.mjs';
import { runInFront } from '../run.mjs';
import { environmentForTools, pinnedNode, root } from '../settings.mjs';
import { setUpAll } from '../setup.mjs';

/** @param {string[]} args */
export async function start(args) {
  // First, because it is the likeliest surprise and the rest may take minutes.
  await requireFreePort(process.env);
  const why = await setUpAll();
  if (why !== undefined) console.log(`${why} The lessons alone are served.`);
  const env = environmentForTools(why === undefined ? {} : { COULISSE_ROLES: 'web' });
  return runInFront(pinnedNode, ['server/main.ts', ...args], { cwd: root, env });
}
