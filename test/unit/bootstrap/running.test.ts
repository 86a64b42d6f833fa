// Proves how other programs are run and how one set-up keeps another out.
import { expect, test } from 'vitest';
import { withLock } from '../../../docker-host/bootstrap/lock.mjs';
import { runInFront, runQuietly } from '../../../docker-host/bootstrap/run.mjs';
import { makeTemporaryDirectory } from './temporary-directory.ts';

test('lines are read as they come, and errors are kept apart', async () => {
  const lines: string[] = [];
  const outcome = await runQuietly('sh', ['-c', 'echo out; echo wrong >&2; exit 3'], {
    onLine: (line) => lines.push(line),
  });
  expect(lines).toEqual(['out']);
  expect(outcome).toMatchObject({ code: 3, errors: ['wrong'] });
});

test("a program's exit code is ours, and a signal's is what a shell would say", async () => {
  expect(await runInFront('sh', ['-c', 'exit 7'])).toBe(7);
  expect(await runInFront('sh', ['-c', 'kill -TERM $$'])).toBe(143);
});

test('a program that does not exist is an error, not a silence', async () => {
  await expect(runQuietly('no-such-program-anywhere', [])).rejects.toThrow('ENOENT');
});

test('two set-ups of one checkout never work at once', async () => {
  const checkout = makeTemporaryDirectory();
  const events: string[] = [];
  let letGo = () => {};
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let isInside = () => {};
  const inside = new Promise<void>((resolve) => {
    isInside = resolve;
  });
  const first = withLock(checkout, async () => {
    isInside();
    await hold;
    events.push('first ends');
  });
  await inside;
  const second = withLock(checkout, async () => void events.push('second begins'));
  letGo();
  await Promise.all([first, second]);
  expect(events).toEqual(['first ends', 'second begins']);
});
