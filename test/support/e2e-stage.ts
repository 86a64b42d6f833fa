// The stage of an e2e file: one house and one browser for all its tests, and visitors who leave after each.
// Registers vitest's hooks. Knows no test.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { launchBrowser, leaveAll, newVisitor, sizes, type Visitor } from './browser.ts';
import { openHouse, type TestHouse } from './house.ts';
import { pathOf } from './lesson-reader.ts';
import { firstWithCheck } from './places.ts';

export class Stage {
  house!: TestHouse;
  browser!: Browser;
  readonly visitors: Visitor[] = [];

  constructor(settings: Record<string, string> = {}) {
    beforeAll(async () => {
      [this.house, this.browser] = await Promise.all([openHouse({ settings }), launchBrowser()]);
    });
    afterEach(() => leaveAll(this.visitors));
    afterAll(async () => {
      await this.browser?.close();
      await this.house?.stop();
    });
  }

  /** Somebody new, at a page of the house. */
  async visit(path: string, options?: BrowserContextOptions): Promise<Visitor> {
    const visitor = await newVisitor(this.browser, options);
    this.visitors.push(visitor);
    await visitor.page.goto(`${this.house.url}${path}`);
    return visitor;
  }

  /** Somebody new with a prompt: at this page, else at the first step that has a check, in English. */
  async start(options: BrowserContextOptions & { path?: string } = {}): Promise<Visitor> {
    const { path = pathOf('en', firstWithCheck), ...context } = options;
    const visitor = await this.visit(path, context);
    if (context.viewport?.width === sizes.phone.width) {
      const side = visitor.byTestId('side-bar');
      await side.getByRole('button', { name: textsOf('en').terminal.phoneTerminal }).click();
    }
    await visitor.byTestId('start').click();
    await visitor.untilPrompt();
    return visitor;
  }
}
