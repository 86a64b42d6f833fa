// A paste of ten megabytes in the page, into a program that does not read: ^C is ahead of it, and no byte is lost.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { patient } from '../support/patience.ts';
import { Stage } from '../support/e2e-stage.ts';

const stage = new Stage();

const BYTES = 10_000_000;
/** Text that shows a byte that is missing, twice there or out of its place. */
const text = Array.from({ length: BYTES / 8 }, (_, at) => String(at).padStart(8, '.')).join('');

/** Reads nothing until ^C, and then all of it. */
const reader =
  `perl -e '$SIG{INT} = sub { $go = 1; syswrite STDOUT, "interrupted\\n" }; sleep 1 until $go; ` +
  `exec "head -c ${BYTES} | md5sum"'`;

test('[P13] [P14] ten megabytes pasted into a program that reads nothing: ^C is ahead of them, then each byte arrives', async () => {
  const visitor = await stage.start({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = visitor;
  await visitor.goToTerminal(1);
  await page.keyboard.type(`stty -icanon -echo; echo re""ady; ${reader}; stty sane\n`);
  await visitor.until(async () => /^ready$/m.test(await visitor.screen(1)), 'the program');
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  const field = page.locator('[data-terminal="1"] textarea');
  await field.evaluate((element) =>
    element.addEventListener('input', () => (element.dataset['filled'] = 'yes')),
  );
  await page.keyboard.press('Control+Shift+V');
  await page.keyboard.press('Control+C');
  await visitor.until(async () => /^interrupted$/m.test(await visitor.screen(1)), 'the interrupt');
  // Or the browser would have laid all of it out first, and stood still.
  expect(await field.getAttribute('data-filled')).toBeNull();
  const digest = createHash('md5').update(text).digest('hex');
  // Ten megabytes take a busy machine longer than anything else that is waited for.
  const wholeWithin = { timeout: patient(45_000), interval: 200 };
  await expect.poll(() => visitor.screen(1), wholeWithin).toMatch(/^[\da-f]{32} {2}-$/m);
  expect(await visitor.screen(1)).toContain(`${digest}  -`);
  await visitor.untilDone(1, () => page.keyboard.type('echo back-$((40 + 2))\n'));
  expect(await visitor.screen(1)).toContain('back-42');
});
