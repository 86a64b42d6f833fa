// The tokens' colours against WCAG AA: 4.5 for text, in light and in dark.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync(new URL('../../../app/styles/tokens.css', import.meta.url), 'utf8');

function tokens(scheme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const found = css.matchAll(/--([\w-]+):\s*(?:light-dark\((#\w+),\s*(#\w+)\)|(#\w+));/g);
  return new Map(
    [...found].map(([, name = '', light = '', dark = '', both = '']) => [
      name,
      both || (scheme === 'light' ? light : dark),
    ]),
  );
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const papers = ['paper', 'paper-raised', 'paper-sunk', 'terminal-paper'];
const inks = ['ink', 'ink-soft', 'ink-faint', 'accent', 'good', 'warn', 'bad'];
const pairs = [
  ...papers.flatMap((paper) => inks.map((ink) => [ink, paper] as const)),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['ink', 'accent-wash'],
  ['ink', 'hover'],
  ['ink-soft', 'hover'],
  ['on-curtain', 'fold-light'],
  ['limelight', 'fold-light'],
  ['on-limelight', 'limelight'],
  ['terminal-ink', 'terminal-paper'],
  ...['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((name) =>
    [`terminal-${name}`, `terminal-bright-${name}`].map((ink) => [ink, 'terminal-paper'] as const),
  ),
] as const;

it.each(['light', 'dark'] as const)('every text on every paper is readable in %s', (scheme) => {
  const values = tokens(scheme);
  const poor = pairs
    .map(([ink, paper]) => ({
      pair: `${ink} on ${paper}`,
      ratio: contrast(values.get(ink) ?? '', values.get(paper) ?? ''),
    }))
    .filter(({ ratio }) => !(ratio >= 4.5));
  expect(poor).toEqual([]);
});
