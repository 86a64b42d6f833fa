// Shows what a slow phase does and how far it is: one line in place on a terminal, plain lines
// elsewhere. Knows no phase.

/** A log should tell that we are alive without being filled by it. */
const plainIntervalMs = 5000;
const liveIntervalMs = 500;

/** @typedef {{ percent?: number, text?: string }} Progress */
/** @typedef {{ isTTY?: boolean, columns?: number, write: (text: string) => unknown }} Screen */
/** @typedef {(progress: Progress) => void} Report */

/** @param {number} since */
const secondsSince = (since) => ((performance.now() - since) / 1000).toFixed(1);

/** @param {Progress} progress */
function describe({ percent, text }) {
  const parts = [percent === undefined ? '' : `${Math.round(percent)} %`, text ?? ''];
  return parts.filter(Boolean).join(', ');
}

/**
 * Runs one phase and shows it. A phase that finds nothing to do must not come here.
 * @template T
 * @param {string} name
 * @param {(report: Report) => Promise<T>} work
 * @param {Screen} screen
 * @returns {Promise<T>}
 */
export async function runPhase(name, work, screen = process.stdout) {
  const isLive = screen.isTTY === true;
  const start = performance.now();
  /** @type {Progress} */
  let latest = {};
  let shown = '';

  const draw = () => {
    const what = describe(latest);
    if (isLive) {
      const line = `${name}: ${[what, `${secondsSince(start)} s`].filter(Boolean).join(', ')}`;
      screen.write(`\r\u001B[K${line.slice(0, (screen.columns ?? 80) - 1)}`);
    } else if (what !== shown) {
      shown = what;
      screen.write(`${name}: ${what} (${secondsSince(start)} s)\n`);
    }
  };
  const finish = (/** @type {string} */ how) => {
    screen.write(`${isLive ? '\r\u001B[K' : ''}${name}: ${how} in ${secondsSince(start)} s\n`);
  };

  if (!isLive) screen.write(`${name} …\n`);
  const clock = setInterval(draw, isLive ? liveIntervalMs : plainIntervalMs);
  try {
    const result = await work((progress) => {
      latest = progress;
      if (isLive) draw();
    });
    finish('done');
    return result;
  } catch (error) {
    finish('failed');
    throw error;
  } finally {
    clearInterval(clock);
  }
}
