// How many columns the page's emulator gives to emoji, CJK and combining marks: asked of itself by cursor
// position reports (CPR, ctlseqs) as a program of the lab would.
import { expect, test } from 'vitest';
import { Stage } from '../support/e2e-stage.ts';

const stage = new Stage();

/** By UAX #11 and, for sequences that are one image, UTS #51 with Unicode's grapheme clusters (UAX #29). */
const widths: readonly [name: string, text: string, columns: number][] = [
  ['letters', 'abc', 3],
  ['an accent of its own', 'e\u0301', 1],
  ['an accented letter', 'é', 1],
  ['two marks on one letter', 'a\u0323\u0302', 1],
  ['Chinese', '漢字', 4],
  ['Japanese kana', 'かな', 4],
  ['Korean by its parts', '\u1112\u1161\u11ab', 2],
  ['full width', 'Ａ', 2],
  ['half-width kana', 'ｶ', 1],
  ['an emoji', '😀', 2],
  ['a skin tone', '👍🏽', 2],
  ['a family of three', '👩‍👩‍👧', 2],
  ['a flag', '🇫🇷', 2],
  ['a heart made an emoji', '❤\ufe0f', 2],
  ['a keycap', '1\ufe0f\u20e3', 2],
  ['Devanagari', 'नि', 1],
  ['Thai with its vowel', 'ที่', 1],
];

test('every character takes the columns that it should', async () => {
  const visitor = await stage.start();
  const lines = widths.map(([, text]) => {
    const octal = [...Buffer.from(text)].map((byte) => `\\${byte.toString(8)}`).join('');
    return `w '${octal}'`;
  });
  // Where the cursor is after the text, from the first column on.
  const script = [
    `w() { printf '\\r'; printf "$1"; printf '\\033[6n'; IFS='[;' read -r -s -d R _ row col; printf '\\r\\033[K'; out="$out $((col - 1))"; }`,
    ...lines,
    'printf "\\nwidths:%s\\n" "$out"',
  ].join('\n');
  await visitor.type(1, `echo ${Buffer.from(script).toString('base64')} | base64 -d > w.sh`);
  await visitor.type(1, 'clear; . ./w.sh');
  const found = /widths:((?: \d+)+)/.exec((await visitor.screen(1)).replaceAll('\n', ''))?.[1];
  const columns = found?.trim().split(' ').map(Number) ?? [];
  const measured = widths.map(([name, , wanted], index) => ({ name, wanted, is: columns[index] }));
  expect(measured.filter(({ wanted, is }) => wanted !== is)).toEqual([]);
});
