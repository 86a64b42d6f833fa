// The set-up as a list of phases. What each does is in its own file.
import { installMissing, packagesForLabs } from './debian-packages.mjs';
import { whyKernelCannot } from './kernel-features.mjs';
import { withLock } from './lock.mjs';
import { installNodeModules } from './node-modules.mjs';
import { buildPages } from './pages.mjs';
import { requireNode, whyNoLabs } from './preconditions.mjs';
import { buildRootfs } from './rootfs.mjs';
import { isRoot, root, stateDir } from './settings.mjs';
import { Unmet } from './unmet.mjs';

/** For verbs that only need the tools of node_modules. */
export async function setUpTools() {
  requireNode();
  await withLock(root, () => installNodeModules(root));
}

/**
 * Everything that a server with labs needs.
 * @param {{ morePackages?: string[] }} options
 * @returns {Promise<string | undefined>} why labs cannot be had here; the pages can, in any case
 */
export async function setUpAll({ morePackages = [] } = {}) {
  requireNode();
  return withLock(root, async () => {
    const why = await setUpForLabs(morePackages);
    await installNodeModules(root);
    if (why === undefined) await buildRootfs(stateDir);
    await buildPages(root);
    return why;
  });
}

/** @param {string[]} morePackages */
async function setUpForLabs(morePackages) {
  const why = whyNoLabs({ isRoot });
  if (why !== undefined) return why;
  await installMissing([...packagesForLabs, ...morePackages]);
  return whyKernelCannot();
}

/** @param {string | undefined} why @param {string} whom */
export function requireLabs(why, whom) {
  if (why !== undefined) throw new Unmet(`${whom} need labs. ${why}`);
}
