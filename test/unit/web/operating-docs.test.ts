// Holds the settings table of docs/OPERATING.md against the code that reads the settings.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../server/foundation/config.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/OPERATING.md'), 'utf8');
const source = readFileSync(join(root, 'server/foundation/config.ts'), 'utf8');

type Row = { name: string; fallback: string; allowed: string };

const rows: Row[] = (page.split('<!-- settings -->')[1] ?? '')
  .split('\n## ')[0]!
  .split('\n')
  .flatMap((line) => {
    const [, name, fallback, allowed] = line.split('|').map((cell) => cell.trim());
    const isSetting = name?.startsWith('`') === true;
    return isSetting
      ? [{ name: bare(name), fallback: bare(fallback), allowed: allowed ?? '' }]
      : [];
  });

function bare(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}

function read(environment: Record<string, string>) {
  return readConfig({ NODE_ENV: 'test', ...environment });
}

/** `A to B`, and `above A to B` where A itself is refused. */
const ranged = rows.flatMap((row) => {
  const found = /^(above )?(\d+) to (\d+)$/.exec(row.allowed);
  if (found === null) return [];
  return [{ ...row, above: found[1] !== undefined, low: Number(found[2]), high: Number(found[3]) }];
});

const worded = rows
  .map((row) => ({ ...row, words: [...row.allowed.matchAll(/`([^`]+)`/g)].map((one) => one[1]!) }))
  .filter((row) => row.words.length > 0);

describe('the settings table of docs/OPERATING.md', () => {
  it('lists every setting that the code reads, and no other', () => {
    const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1]);
    expect(known.length).toBeGreaterThan(10);
    expect(rows.map((row) => row.name)).toEqual(known);
  });

  it.each(rows.filter((row) => row.fallback !== ''))('has the default of $name', (row) => {
    expect(read({ [row.name]: row.fallback })).toEqual(read({}));
  });

  it.each(ranged)('has the range of $name', ({ name, above, low, high }) => {
    const refusal = `${name}=`;
    expect(() => read({ [name]: String(high) })).not.toThrow();
    expect(() => read({ [name]: String(high + 1) })).toThrow(refusal);
    expect(() => read({ [name]: String(above ? low : low - 1) })).toThrow(refusal);
    expect(() => read({ [name]: String(above ? low + 0.01 : low) })).not.toThrow();
  });

  it.each(worded)('has the words of $name', ({ name, words }) => {
    for (const word of words) expect(() => read({ [name]: word })).not.toThrow();
    expect(() => read({ [name]: 'nonsense' })).toThrow(`${name}=`);
  });

  it('gives the range or the words of every number and choice', () => {
    const free = ['HOST', 'COULISSE_STATE', 'COULISSE_ORIGINS', 'COULISSE_PROXIES'];
    expect(ranged.length + worded.length).toBe(rows.length - free.length);
  });
});
