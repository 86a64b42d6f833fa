// One-line texts of a course, with the values that were seen.
import { expect, it } from 'vitest';
import { parseInline, plainText } from '../../../app/ui/lesson/inline.ts';

const kinds = (text: string, parameters?: Record<string, string>) =>
  parseInline(text, parameters).map((part) => [part.kind, part.text]);

it('tells code, strong text and values from the rest', () => {
  expect(kinds('PID 1 is `sh`, **here** {pid}.', { pid: '4242' })).toEqual([
    ['text', 'PID 1 is '],
    ['code', 'sh'],
    ['text', ', '],
    ['strong', 'here'],
    ['text', ' '],
    ['value', '4242'],
    ['text', '.'],
  ]);
});

it('never reads marks in a value: it is data of the lab', () => {
  expect(kinds('{name}', { name: '`rm` **x** {pid} <b>' })).toEqual([
    ['value', '`rm` **x** {pid} <b>'],
  ]);
});

it('fills in values inside code, and shows a missing value as an ellipsis', () => {
  expect(kinds('`kill {pid}` {other}', { pid: '7' })).toEqual([
    ['code', 'kill 7'],
    ['text', ' '],
    ['value', '…'],
  ]);
});

it('gives the plain text for a screen reader', () => {
  expect(plainText(parseInline('a `b` {c}', { c: 'd' }))).toBe('a b d');
});
