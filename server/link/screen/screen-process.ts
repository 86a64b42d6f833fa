// The screen process: interprets what learners' programs print, which nobody else on the server side does, so it is a
// process of its own that may hang or grow or fall without harm. link starts it when the first ring is about to
// forget. One job at a time; a few emulators are kept for the next one. Knows no connection.
import { SCREEN_BYTES } from '../../protocol/flow-control.ts';
import { SCREEN_LINES } from '../limits.ts';
import { Emulator } from './emulator.ts';
import { screenJobSchema, type ScreenJob, type ScreenReport } from './messages.ts';
import { findFreshLine, partFlood } from './plain-flood.ts';
import { readScreen, removeScreen, writeScreen } from './screen-file.ts';
import { findBoundary, readStreamWindow } from './stream-window.ts';

/** Emulators kept between jobs, of the terminals that print most: some hundred kilobytes each. */
const KEPT = 8;

type Warm = { emulator: Emulator; offset: number };

const warm = new Map<string, Warm>();
let last: Promise<unknown> = Promise.resolve();

process.on('message', (message: unknown) => {
  const job = screenJobSchema.parse(message);
  last = last.then(async () => {
    // The terminal may be gone with its files, or the disk be full: no reason to take the others' screens along.
    const failed = { offset: 'failed', scrollsWhole: false } as const;
    const seen = await advance(job).catch(() => failed);
    report({ job: job.job, ...seen });
  });
});
// link is gone.
process.on('disconnect', () => process.exit(0));

async function advance(job: ScreenJob): Promise<Omit<ScreenReport, 'job'>> {
  const window = readStreamWindow({ ...job, path: job.stream });
  if (window === undefined) return { offset: 'gone', scrollsWhole: false };
  const known = await recall(job);
  const { emulator } = known;
  if (known.offset !== job.seen || !job.isExact) emulator.isExact = false;
  let at = job.from === job.seen ? 0 : await leap(emulator, window);
  const bytes = window.subarray(0, findBoundary(window));
  for (const { at: offset, size } of job.sizes) {
    const until = Math.min(Math.max(at, offset - job.from), bytes.length);
    await feed(emulator, bytes.subarray(at, until));
    at = until;
    emulator.resize(size);
  }
  await feed(emulator, bytes.subarray(at));
  known.offset = job.from + bytes.length;
  keep(job.screen, known);
  return { offset: known.offset, scrollsWhole: emulator.scrollsWhole };
}

/** Leaves out what has scrolled away; returns where in the window to go on: at a new line. */
async function leap(emulator: Emulator, window: Buffer): Promise<number> {
  const fresh = findFreshLine(window, emulator.size.rows + SCREEN_LINES);
  if (fresh === undefined || !emulator.scrollsWhole) emulator.isExact = false;
  await emulator.feed('\r\n');
  return fresh ?? 0;
}

/** The emulator of a terminal: still warm, or from the screen that was kept, or a new one. */
async function recall({ stream, screen, start, sizes }: ScreenJob): Promise<Warm> {
  const found = warm.get(stream);
  warm.delete(stream);
  const known = found ?? (await rebuild(screen)) ?? blank(start, sizes);
  warm.set(stream, known);
  for (const [path, { emulator }] of warm) {
    if (warm.size <= KEPT) break;
    emulator.dispose();
    warm.delete(path);
  }
  return known;
}

async function rebuild(path: string): Promise<Warm | undefined> {
  const kept = readScreen(path);
  if (kept === undefined) return undefined;
  const emulator = new Emulator(kept.size);
  await emulator.feed(kept.text);
  emulator.isExact = kept.isExact;
  return { emulator, offset: kept.offset };
}

function blank(start: number, [first]: ScreenJob['sizes']): Warm {
  return { emulator: new Emulator(first?.size ?? { cols: 80, rows: 24 }), offset: start };
}

async function feed(emulator: Emulator, bytes: Buffer): Promise<void> {
  for (const part of partFlood(bytes, emulator.size.rows + SCREEN_LINES)) {
    if (part.isScrolledAway && emulator.scrollsWhole) continue;
    await emulator.feed(part.bytes);
  }
}

/** Without its scrollback when that is too much, and not at all when the screen alone is. */
function keep(path: string, { emulator, offset }: Warm): void {
  const { size, isExact, scrollsWhole } = emulator;
  for (const scrollback of [SCREEN_LINES, 0]) {
    const text = emulator.serialize(scrollback);
    if (text.length > SCREEN_BYTES) continue;
    writeScreen(path, { offset, size, isExact, scrollsWhole, text });
    return;
  }
  removeScreen(path);
}

function report(message: ScreenReport): void {
  if (process.connected) process.send?.(message);
}
