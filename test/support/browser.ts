// Debian's Chromium for tests, and a page as a person uses it: keyboard, mouse, and what is to be read.
// Everything that a page complains of is kept. Knows no test and no course.
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Milliseconds anything is waited for; the longest is a lab on a machine that is busy. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 40;
/** Milliseconds without a change that tell a finished command: a person pauses longer before the next. */
const QUIET_MS = 250;
const prompt = /[#$]$/;

export const sizes = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 1024, height: 768 },
  phone: { width: 390, height: 844 },
};

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: flags });
}

export class Visitor {
  readonly page: Page;
  /** Errors of the console and of scripts. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complain(message.text(), message.location().url);
    });
    page.on('pageerror', (error) => this.#complain(String(error), page.url()));
  }

  leave(): Promise<void> {
    return this.page.context().close();
  }

  byTestId(id: string): Locator {
    return this.page.getByTestId(id);
  }

  /** Waits until the lab is there and terminal 1 has its prompt. */
  async untilPrompt(terminal: 1 | 2 = 1): Promise<void> {
    await this.until(async () => prompt.test(await this.screen(terminal)), 'a prompt');
  }

  /** What a terminal shows, without the empty end. */
  async screen(terminal: 1 | 2): Promise<string> {
    const rows = this.#pane(terminal).locator('.xterm-rows > div');
    const lines = await rows.allTextContents();
    return lines
      .map((line) => line.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Brings a terminal to the front by its tab, or opens it, and puts the keyboard there. */
  async goToTerminal(terminal: 1 | 2): Promise<void> {
    const opener = this.byTestId('open-terminal-2');
    const isThere = (await this.#pane(terminal).count()) > 0;
    if (!isThere) await opener.click();
    else if (await this.#pane(terminal).isHidden()) await this.#tab(terminal).click();
    await this.untilPrompt(terminal);
    await this.#pane(terminal).locator('.xterm-screen').click();
  }

  /** Types a line by keyboard and waits until it is done. */
  async type(terminal: 1 | 2, line: string): Promise<void> {
    await this.goToTerminal(terminal);
    const empty = await this.screen(terminal);
    await this.page.keyboard.type(line);
    await this.until(async () => (await this.screen(terminal)) !== empty, `the echo of ${line}`);
    await this.untilDone(terminal, () => this.page.keyboard.press('Enter'));
  }

  /** Does something that makes a terminal work, and waits until it has a prompt again. */
  async untilDone(terminal: 1 | 2, act: () => Promise<void>): Promise<void> {
    const before = await this.screen(terminal);
    await act();
    let last = before;
    let changedAt = performance.now();
    const isDone = async (): Promise<boolean> => {
      const now = await this.screen(terminal);
      if (now !== last) [last, changedAt] = [now, performance.now()];
      const isQuiet = performance.now() - changedAt >= QUIET_MS;
      return isQuiet && now !== before && prompt.test(now);
    };
    await this.until(isDone, `the prompt of terminal ${terminal} after a command`);
  }

  /** Waits for a condition; a failure shows the terminals. */
  async until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await isTrue())) {
      if (performance.now() > deadline) throw new Error(`no ${what}\n${await this.describe()}`);
      await setTimeout(LOOK_EVERY_MS);
    }
  }

  async describe(): Promise<string> {
    const screens = [await this.screen(1), await this.screen(2)];
    const deck = await this.page.locator('#terminals').allInnerTexts();
    return [`at ${this.page.url()}`, ...this.complaints, ...screens, ...deck].join('\n---\n');
  }

  #pane(terminal: 1 | 2): Locator {
    return this.page.locator(`[data-testid="terminal-pane"][data-terminal="${terminal}"]`);
  }

  #tab(terminal: 1 | 2): Locator {
    const bar = this.page.locator('#terminals');
    return bar.getByRole('button', { name: `Terminal ${terminal}`, exact: true });
  }

  #complain(text: string, where: string): void {
    this.complaints.push(`${text} (${where})`);
  }
}

/** At the end of a test: closes their browsers, and throws what their pages complained of. */
export async function leaveAll(visitors: Visitor[]): Promise<void> {
  const gone = visitors.splice(0);
  await Promise.all(gone.map((visitor) => visitor.leave()));
  const complaints = gone.flatMap((visitor) => visitor.complaints);
  if (complaints.length > 0) throw new Error(`pages complained:\n${complaints.join('\n')}`);
}

/** Somebody new: a browser profile of their own. */
export async function newVisitor(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: sizes.desktop, ...options });
  return new Visitor(await context.newPage());
}
