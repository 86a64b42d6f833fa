// A flood in the real page in Chromium: the longest task that it makes there, and how long ^C takes until the
// prompt is drawn. Both are measured in the page itself. Knows no protocol.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { CHROMIUM, launchBrowser, newVisitor, type Visitor } from '../../support/browser.ts';
import { openHouse } from '../../support/house.ts';
import { pathOf } from '../../support/lesson-reader.ts';
import { firstWithCheck } from '../../support/places.ts';

/** A flood runs so long before ^C. */
const FLOOD_FIRST_MS = 1_000;
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 100;
const LINES = 2_000_000;

/** Of `seq 1 2000000`: each line has its digits, a carriage return and a line feed. */
const FLOOD_BYTES = Array.from({ length: 7 }, (_, digits) => {
  const last = Math.min(LINES, 10 ** (digits + 1) - 1);
  return (last - 10 ** digits + 1) * (digits + 3);
}).reduce((sum, bytes) => sum + bytes, 0);

export type PageFlood = {
  /** Longest task in milliseconds (0: none of 50 ms or more), and megabytes a second. */
  seq(): Promise<{ longestTask: number; rate: number }>;
  /** Milliseconds from the key to the drawn prompt. */
  interrupt(): Promise<number>;
};

/** Why the page cannot be measured here; undefined when it can. */
export function whyNoPage(): string | undefined {
  return existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM}`;
}

export async function openPageFlood(closings: DisposalStack): Promise<PageFlood> {
  const house = await openHouse();
  closings.add('house of the page', async () => void (await house.stop()));
  const browser = await launchBrowser();
  closings.add('browser', () => browser.close());
  const visitor = await newVisitor(browser);
  await visitor.page.goto(`${house.url}${pathOf('en', firstWithCheck)}`);
  await visitor.byTestId('start').click();
  await visitor.untilPrompt();
  await visitor.goToTerminal(1);
  return { seq: () => runSeq(visitor), interrupt: () => runInterrupt(visitor) };
}

async function runSeq(visitor: Visitor): Promise<{ longestTask: number; rate: number }> {
  const { page } = visitor;
  await visitor.type(1, 'clear');
  await page.keyboard.type(`seq 1 ${LINES}`);
  await page.evaluate(() => {
    const { dataset } = document.documentElement;
    dataset['longest'] = '0';
    const watch = new PerformanceObserver((list) => {
      const longest = Math.max(...list.getEntries().map((entry) => entry.duration));
      dataset['longest'] = String(Math.max(longest, Number(dataset['longest'])));
    });
    watch.observe({ type: 'longtask' });
  });
  const begin = performance.now();
  await page.keyboard.press('Enter');
  await untilLastLines(visitor, /^2000000\n.*\$$/);
  const took = performance.now() - begin;
  const longest = await page.evaluate(() => document.documentElement.dataset['longest']);
  return { longestTask: Number(longest), rate: FLOOD_BYTES / 1e6 / (took / 1000) };
}

async function runInterrupt(visitor: Visitor): Promise<number> {
  const { page } = visitor;
  await visitor.type(1, 'clear');
  await page.keyboard.type('seq 1 100000000\n');
  await sleep(FLOOD_FIRST_MS);
  await page.evaluate(() => {
    const { dataset } = document.documentElement;
    delete dataset['stopped'];
    const lastLine = (): string => {
      const rows = [...document.querySelectorAll('[data-terminal="1"] .xterm-rows > div')];
      const texts = rows.map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd());
      return texts.findLast((text) => text !== '') ?? '';
    };
    const heard = new AbortController();
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.code !== 'KeyC') return;
        heard.abort();
        const begin = performance.now();
        const look = (): void => {
          if (lastLine().endsWith('$')) dataset['stopped'] = String(performance.now() - begin);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      },
      { capture: true, signal: heard.signal },
    );
  });
  await page.keyboard.press('Control+C');
  await visitor.page.waitForFunction(() => 'stopped' in document.documentElement.dataset);
  return Number(await page.evaluate(() => document.documentElement.dataset['stopped']));
}

/** Waits in the page until the last lines are these; a look from outside would be a task of its own. */
async function untilLastLines(visitor: Visitor, pattern: RegExp): Promise<void> {
  await visitor.page.waitForFunction(
    (source) => {
      const rows = [...document.querySelectorAll('[data-terminal="1"] .xterm-rows > div')];
      const last = rows.findLastIndex((row) => (row.textContent ?? '').trim() !== '');
      const lines = rows.slice(Math.max(0, last - 1), last + 1).map((row) => row.textContent ?? '');
      return new RegExp(source).test(lines.map((line) => line.trim()).join('\n'));
    },
    pattern.source,
    { polling: LOOK_EVERY_MS, timeout: PATIENCE_MS },
  );
}
