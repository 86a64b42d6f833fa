// Ctrl of the key bar, held for what a touch keyboard types next.
import { expect, it } from 'vitest';
import { releaseCtrl, takeCtrl, toggleCtrl } from '../../../app/ui/terminal/touch-keyboard.ts';

it('holds for one key, or for the first character of a word that a keyboard gives as one', () => {
  toggleCtrl();
  expect([takeCtrl('c'), takeCtrl('c')]).toEqual(['\u0003', 'c']);
  toggleCtrl();
  expect([takeCtrl('cat'), takeCtrl('cat')]).toEqual(['\u0003at', 'cat']);
});

it('holds through a key that has a sequence, and not for a paste', () => {
  toggleCtrl();
  expect(takeCtrl('\u001b[A')).toBe('\u001b[A');
  releaseCtrl();
  expect(takeCtrl('cat')).toBe('cat');
});
