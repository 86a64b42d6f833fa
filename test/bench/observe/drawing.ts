// How long after Enter the page shows what the command did: a new namespace in the x-ray, and the tick of the
// step. The clock is the page's own, from the key to the change of the document. Knows no snapshot.
import { launchBrowser, newVisitor } from '../../support/browser.ts';
import type { Visitor } from '../../support/browser.ts';
import { openHouse } from '../../support/house.ts';
import { watchXrayFrames } from '../../support/xray-frames.ts';
import type { Bench } from '../bench.ts';
import type { Tally } from '../tally.ts';
import { drawnName, frameName, tickedName } from './measures.ts';

/** The tick comes once in the life of a lab: as many labs as this. */
const MOST_ROUNDS = 10;
const KIB = 1024;
const PLACE = '/en/inside-docker/pid-namespace/a-new-namespace';
const UNPACK = 'mkdir -p rootfs; sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C rootfs';

export async function measureDrawing(bench: Bench, tally: Tally): Promise<void> {
  const house = await openHouse({ settings: { COULISSE_LABS_PER_ADDRESS: '100' } });
  bench.closings.add('house of drawing', async () => void (await house.stop()));
  const browser = await launchBrowser();
  bench.closings.add('browser', () => browser.close());
  const rounds = Math.min(bench.rounds, MOST_ROUNDS);
  for (let round = 0; round < rounds; round += 1) {
    const visitor = await newVisitor(browser);
    const frames = watchXrayFrames(visitor.page);
    await visitor.page.goto(`${house.url}${PLACE}`);
    await visitor.byTestId('start').click();
    await visitor.untilPrompt();
    await visitor.type(1, UNPACK);
    const { drawn, ticked } = await typeAndWatch(visitor);
    tally.add(drawnName, drawn);
    tally.add(tickedName, ticked);
    for (const { whole, bytes } of frames) if (!whole) tally.add(frameName, bytes / KIB);
    await visitor.leave();
    bench.say(`drawing: round ${round + 1} of ${rounds}`);
  }
}

async function typeAndWatch(visitor: Visitor): Promise<{ drawn: number; ticked: number }> {
  const { page } = visitor;
  await visitor.goToTerminal(1);
  await page.keyboard.type('sudo unshare -pf chroot rootfs /bin/sh');
  // Installed before Enter is pressed, or the clock would begin with the page.
  const watcher = await page.evaluateHandle(() => ({
    watched: new Promise<{ drawn: number; ticked: number }>((resolve) => {
      let typedAt = 0;
      let drawn: number | undefined;
      let ticked: number | undefined;
      const handleEnter = (event: KeyboardEvent): void => {
        if (event.key === 'Enter') typedAt = performance.now();
      };
      document.addEventListener('keydown', handleEnter, { capture: true, once: true });
      const observer = new MutationObserver(() => {
        const has = (what: string): boolean => document.querySelector(what) !== null;
        const passed = performance.now() - typedAt;
        if (has('[data-testid="xray-region"] [title^="process numbers"]')) drawn ??= passed;
        if (has('[data-testid="check"][data-earned="true"]')) ticked ??= passed;
        if (drawn === undefined || ticked === undefined) return;
        observer.disconnect();
        resolve({ drawn, ticked });
      });
      observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    }),
  }));
  await page.keyboard.press('Enter');
  return watcher.evaluate(({ watched }) => watched);
}
