// docs/PROTOCOL.md against the code: every close code is in its table, every mark has the value it says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closeReasons } from '../../../server/protocol/close-codes.ts';
import {
  clientMessageSchema,
  serverMessageSchema,
} from '../../../server/protocol/browser-messages.ts';
import * as marks from '../../../server/protocol/flow-control.ts';

const text = readFileSync(new URL('../../../docs/PROTOCOL.md', import.meta.url), 'utf8');

function written(value: number, name: string): string {
  if (name.endsWith('_MS')) return `${value / 1000} s`;
  return value >= 1024 * 1024 ? `${value / 1024 / 1024} MiB` : `${value / 1024} KiB`;
}

describe('docs/PROTOCOL.md', () => {
  test.each(Object.values(closeReasons))('the table has close code $code', ({ code, retry }) => {
    const row = text.split('\n').find((line) => line.startsWith(`| ${code} |`));
    expect(row).toBeDefined();
    // A destroyed lab is the person's to decide; an expired grant comes back with a new one.
    expect(row?.includes('| yes')).toBe(retry);
  });
  test('each mark that it names has the value it says', () => {
    const named = Object.entries(marks).filter(([name]) => text.includes(`\`${name}\` (`));
    expect(named.length).toBeGreaterThan(8);
    for (const [name, value] of named) {
      expect(text).toContain(`\`${name}\` (${written(value, name)}`);
    }
  });
  test('every message is described', () => {
    const schemas = [...clientMessageSchema.options, ...serverMessageSchema.options];
    const types = schemas.map((schema) => schema.shape.type.value);
    expect(types.filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
  });
  test('its clauses are numbered without a hole, and each is quoted by a test', () => {
    const numbers = [...text.matchAll(/^\*\*\[P(\d+)\]\*\*/gm)].map((match) => Number(match[1]));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => at + 1));
    const root = join(import.meta.dirname, '../..');
    const suites = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(root, name), 'utf8'))
      .join('\n');
    // In the name of a test: at its beginning, or after another one.
    const quoted = [...suites.matchAll(/['`\]] ?\[P(\d+)\](?= )/g)].map((match) =>
      Number(match[1]),
    );
    expect(numbers.filter((number) => !quoted.includes(number))).toEqual([]);
    expect(quoted.filter((number) => !numbers.includes(number))).toEqual([]);
  });
});
