// A screen as it is kept in a file: a line of JSON, then the text that draws it. Written by the screen process, read by
// link and by the screen process that comes after. Knows no emulator.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { terminalSizeSchema } from '../../protocol/ids.ts';

const headSchema = z.strictObject({
  version: z.literal(1),
  offset: z.int().min(0),
  size: terminalSizeSchema,
  isExact: z.boolean(),
  /** Whether plain text scrolls all of it. */
  scrollsWhole: z.boolean(),
});

export type KeptScreen = Omit<z.infer<typeof headSchema>, 'version'> & { text: string };

/** In one step: whoever reads has the one before or this one. Throws when the disk is full. */
export function writeScreen(path: string, { text, ...head }: KeptScreen): void {
  const next = `${path}.next`;
  writeFileSync(next, `${JSON.stringify({ version: 1, ...head })}\n${text}`, { mode: 0o600 });
  renameSync(next, path);
}

/** Undefined when there is none that can be read. */
export function readScreen(path: string): KeptScreen | undefined {
  try {
    const whole = readFileSync(path, 'utf8');
    const end = whole.indexOf('\n');
    const { version: _, ...head } = headSchema.parse(JSON.parse(whole.slice(0, end)));
    return { ...head, text: whole.slice(end + 1) };
  } catch {
    return undefined;
  }
}

export function removeScreen(path: string): void {
  rmSync(path, { force: true });
}
