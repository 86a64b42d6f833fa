// A learner's shell behind link, as most tests of terminals begin. Knows no test.
import { newLabId } from '../../server/foundation/random-id.ts';
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import type { LabClient } from './lab-client.ts';
import type { LabTerminal } from './lab-terminal.ts';
import { type LinkHouse } from './link-house.ts';

export type Shell = { page: LabClient; terminal: LabTerminal; lab: string };

/** A new lab with one terminal whose prompt is there. */
export async function openShell(house: LinkHouse): Promise<Shell> {
  const lab = newLabId();
  const page = await house.connect(lab);
  const terminal = await page.open();
  await terminal.waitForOutput(/\$ $/);
  return { page, terminal, lab };
}

/** Runs a command in a shell and waits until its prompt is back. */
export async function run(terminal: LabTerminal, command: string): Promise<void> {
  const since = terminal.type(`${command}; echo fin""ished\n`);
  await terminal.waitForOutput(/^finished\n\$ $/m, { since, within: 60_000 });
}

export async function waitUntil(isTrue: () => boolean): Promise<void> {
  await expect.poll(isTrue, { timeout: 15_000, interval: 10 }).toBe(true);
}

export async function waitForFile(path: string): Promise<void> {
  await waitUntil(() => existsSync(path));
}
