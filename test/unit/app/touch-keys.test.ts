// What a terminal is sent for the keys of the key bar.
import { expect, it } from 'vitest';
import { sequenceOf, withCtrl } from '../../../app/ui/terminal/touch-keys.ts';

const plain = { ctrl: false, application: false };

it('sends cursor keys as the program has asked for them', () => {
  expect(sequenceOf('up', plain)).toBe('\u001b[A');
  expect(sequenceOf('left', { ...plain, application: true })).toBe('\u001bOD');
  expect(sequenceOf('right', { ctrl: true, application: true })).toBe('\u001b[1;5C');
});

it('sends the other keys as they are', () => {
  const keys = ['escape', 'tab', 'pipe', 'slash', 'hyphen', 'tilde'] as const;
  expect(keys.map((key) => sequenceOf(key, plain)).join('')).toBe('\u001b\t|/-~');
});

it('makes control characters of letters and @ [ \\ ] ^ _, and leaves the rest', () => {
  expect(['c', 'C', '@', '[', '_'].map(withCtrl)).toEqual([
    '\u0003',
    '\u0003',
    '\0',
    '\u001b',
    '\u001f',
  ]);
  expect(['1', '|', 'é', 'ab'].map(withCtrl)).toEqual(['1', '|', 'é', 'ab']);
});
