// Proves what a person sees while a phase runs. Runs no real phase.
import { expect, test } from 'vitest';
import { runPhase } from '../../../docker-host/bootstrap/phases.mjs';

/** Back to the beginning of the line, and clear it. */
const rewrite = '\r\u001B[K';

function recordScreen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, written, write: (text: string) => written.push(text) };
}

test('on a terminal one line is rewritten in place, within its width', async () => {
  const screen = recordScreen(true);
  await runPhase(
    'Pages',
    async (report) => report({ percent: 42.4, text: 'a very long description of what is done' }),
    screen,
  );
  expect(screen.written[0]!.startsWith(`${rewrite}Pages: 42 %, a very long`)).toBe(true);
  expect(screen.written[0]!.length).toBeLessThanOrEqual(rewrite.length + 39);
  expect(screen.written.at(-1)!.replace(rewrite, '')).toMatch(/^Pages: done in \d+\.\d s\n$/);
});

test('elsewhere each line is whole and nothing is rewritten', async () => {
  const screen = recordScreen(false);
  await runPhase('Pages', async (report) => report({ percent: 1 }), screen);
  expect(screen.written.join('')).toMatch(/^Pages …\nPages: done in \d+\.\d s\n$/);
});

test('a failure is shown and passed on', async () => {
  const screen = recordScreen(false);
  const failing = runPhase('Pages', () => Promise.reject(new Error('no')), screen);
  await expect(failing).rejects.toThrow('no');
  expect(screen.written.at(-1)).toMatch(/^Pages: failed in/);
});
