// What the screen process makes of a stream, by property: a screen that is drawn again is the same screen, and what is
// left out of a flood is not missed.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SCREEN_LINES } from '../../../server/link/limits.ts';
import { Emulator } from '../../../server/link/screen/emulator.ts';
import { partFlood } from '../../../server/link/screen/plain-flood.ts';
import { findBoundary } from '../../../server/link/screen/stream-window.ts';
import { LabScreen } from '../../support/lab-screen.ts';

const size = { cols: 20, rows: 6 };
const small = fc.integer({ min: 0, max: 8 });

const pieces = fc.oneof(
  fc.constantFrom(
    'abc',
    '\r\n',
    'é',
    '漢字',
    '👩‍🚀',
    'e\u0301',
    '\t',
    '\b',
    'word '.repeat(9),
    'XY\r',
  ),
  fc.constantFrom(
    '\x1b[0m\x1b(B\x1b[?1049h',
    '\x1b[?1049l\x1b[0m\x1b(B',
    '\x1b[?25l',
    '\x1b[?25h',
    '\x1b[4h',
    '\x1b[4l',
  ),
  fc.constantFrom('\x1b[?1h', '\x1b[?66h', '\x1b[5h', '\x1b[?2004h', '\x1b[?1000h', '\x1b[?1006h'),
  fc.constantFrom(
    '\x1b(0',
    '\x1b(B',
    '\x1b=',
    '\x1b[2J',
    '\x1b[K',
    '\x1b[1;7m',
    '\x1b[0m',
    '\x1b[r',
  ),
  fc.constantFrom('\x1b[38;5;208m', '\x1b[48;2;1;2;3m', '\x1b[3 q', '\x1b[L', '\x1b[M', '\x1bM'),
  // What a program saves and finds again, on each of the two screens.
  fc.constantFrom('\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b[?1048h', '\x1b[?47h', '\x1b[?1047l'),
  fc.constantFrom('\x1bH', '\x1b[g', '\x1b[3g', '\x1b[I', '\x1b[Z', '\t\t'),
  fc.constantFrom('\x0e', '\x0f', '\x1b)0', '\x1b*0', '\x1b+A', '\x1bn', '\x1bo', '\x1b%G', 'qx~'),
  fc.constantFrom('\x1b[?6h', '\x1b[?6l', '\x1b[!p', '\x1b[20h', '\x1b[1"q', '\x1b[?J', '\x1b[6 q'),
  fc.tuple(small, small).map(([row, column]) => `\x1b[${row};${column}H`),
  fc.tuple(small, small).map(([top, bottom]) => `\x1b[${top};${bottom}r`),
);
/** How text looks that is more than bold or red; a cursor that is saved keeps of it what xterm.js keeps. */
const looks = fc.oneof(
  fc.constantFrom(
    'abc',
    'a b',
    '漢',
    '\r\n',
    'word '.repeat(9),
    '\x1b[3X',
    '\x1b[K',
    '\x1b[2;3H',
    '\x1b[@',
  ),
  fc.constantFrom(
    '\x1b[4m',
    '\x1b[4:3m',
    '\x1b[4:5m',
    '\x1b[21m',
    '\x1b[24m',
    '\x1b[0m',
    '\x1b[1;44m',
  ),
  fc.constantFrom('\x1b[58;5;9m', '\x1b[58:2::1:2:3m', '\x1b[59m', '\x1b[53m', '\x1b[9m'),
  fc.constantFrom(
    '\x1b]8;;http://a.example/;b\x07',
    '\x1b]8;id=one;http://c.example\x07',
    '\x1b]8;;\x07',
  ),
  fc.constantFrom(
    '\x1b]4;1;#ff0000;2;rgb:0/8/f\x07',
    '\x1b]4;3;none\x07',
    '\x1b]104;1\x07',
    '\x1b]104\x07',
  ),
  fc.constantFrom(
    '\x1b]10;#abcdef;#000\x07',
    '\x1b]12;rgb:ff/00/80\x07',
    '\x1b]111\x07',
    '\x1b]4;1;?\x07',
  ),
  fc.constantFrom(
    '\x1b]0;a title\x07',
    '\x1b]2;\x07',
    '\x1bc',
    '\x1b[?1049h',
    '\x1b[?1049l\x1b]8;;\x07\x1b[0m',
  ),
);
const lookStreams = fc.array(looks, { maxLength: 60 }).map((list) => list.join(''));
const streams = fc.array(pieces, { maxLength: 60 }).map((list) => list.join(''));

/** What shows, and whether what is printed next does the same. */
async function looksOf(...texts: string[]): Promise<object> {
  const screen = new LabScreen(size, SCREEN_LINES);
  for (const text of texts) screen.write(text);
  return screen.look();
}

describe('an emulator', () => {
  test('[P32] a screen drawn from its text is the same, and goes on the same', async () => {
    await fc.assert(
      fc.asyncProperty(streams, streams, async (before, after) => {
        const emulator = new Emulator(size);
        await emulator.feed(before);
        const drawn = emulator.serialize();
        emulator.dispose();
        expect(await looksOf(drawn)).toEqual(await looksOf(before));
        expect(await looksOf(drawn, after)).toEqual(await looksOf(before, after));
      }),
      { numRuns: 300 },
    );
  });
  test('[P32] underlines, links, colours and a title of its own are drawn, and go on the same', async () => {
    await fc.assert(
      fc.asyncProperty(lookStreams, lookStreams, async (before, after) => {
        const emulator = new Emulator(size);
        await emulator.feed(before);
        const drawn = emulator.serialize();
        emulator.dispose();
        // A page may still have colours from before; only a terminal that was closed has none.
        const used = `\x1b]4;7;#123456\x07\x1b]12;#fff\x07\x1b[20h\x1b[?25l\x1bc${drawn}`;
        expect(await looksOf(used)).toEqual(await looksOf(before));
        expect(await looksOf(used, after)).toEqual(await looksOf(before, after));
      }),
      { numRuns: 300 },
    );
  });
  test('[P32] titles and addresses of links that are no text for people are left out', async () => {
    const emulator = new Emulator(size);
    const long = 'x'.repeat(5_000);
    await emulator.feed(`\x1b]2;${long}\x07\x1b]8;;http://${long}\x07far\x1b]8;;\x07`);
    const drawn = emulator.serialize();
    expect(drawn).toContain('far');
    expect(drawn.length).toBeLessThan(200);
    emulator.dispose();
  });
  test('[P32] lines that are not to wrap do not', async () => {
    const emulator = new Emulator(size);
    await emulator.feed('\x1b[?7lshort');
    const drawn = emulator.serialize();
    const rest = ' and then far too long for a line';
    expect(await looksOf(drawn, rest)).toEqual(await looksOf('\x1b[?7lshort', rest));
    emulator.dispose();
  });
  test('[P32] a character that is to be repeated a thousand million times costs nothing', async () => {
    const emulator = new Emulator(size);
    await emulator.feed('a\x1b[2147483647bz');
    expect(emulator.serialize()).toMatch(/haz\r\n/);
    emulator.dispose();
  });
});

describe('a flood', () => {
  const lines = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => `${from + at} of them\r\n`).join('');

  test('[P32] looks the same without what has scrolled away', async () => {
    const flood = fc.tuple(streams, fc.integer({ min: 0, max: 9_000 }), streams, streams);
    await fc.assert(
      fc.asyncProperty(flood, async ([before, count, between, after]) => {
        const whole = `${before}${lines(0, count)}${between}${lines(count, 4_000)}${after}`;
        const emulator = new Emulator(size);
        for (const part of partFlood(Buffer.from(whole), size.rows + SCREEN_LINES)) {
          if (!(part.isScrolledAway && emulator.scrollsWhole)) await emulator.feed(part.bytes);
        }
        const drawn = emulator.serialize();
        const other = new Emulator(size);
        await other.feed(whole);
        expect(drawn).toBe(other.serialize());
        emulator.dispose();
        other.dispose();
      }),
      { numRuns: 40 },
    );
  });
  test('[P32] of plain text is left out, but for its ends', () => {
    const parts = partFlood(Buffer.from(lines(0, 50_000)), 206);
    const kept = parts.filter((part) => !part.isScrolledAway);
    const length = kept.reduce((sum, part) => sum + part.bytes.length, 0);
    expect(length).toBeLessThan(10_000);
    expect(Buffer.concat(parts.map((part) => part.bytes)).toString()).toBe(lines(0, 50_000));
  });
});

test('[P32] a stream is cut between characters and control sequences', () => {
  const cut = (text: string) => findBoundary(Buffer.from(text));
  expect(cut('one\r\ntwo')).toBe(5);
  expect(cut('one\r\ntwo\x1b[31')).toBe(5);
  expect(cut('one\r\ntwo\x1b[31m')).toBe(8);
  // What is repeated would not be known on the other side.
  expect(cut('one\r\n\x1b[1mx\x1b[20b\x1b[3')).toBe(5);
  expect(cut('one\r\n\x1b]2;a title\x1b\\two')).toBe(5);
  // Where there is nothing better, not within a sequence all the same.
  expect(cut('x\x1b[20bx\x1b[20b')).toBe(7);
  expect(cut('one two é')).toBe(7);
});
