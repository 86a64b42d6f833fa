// What a browser keeps of terminals that ^S has stopped.
import { expect, it } from 'vitest';
import { readStop, writeStop } from '../../../app/lab-client/stop-memory.ts';

const one = { createdAt: 5, terminal: 1 };
const two = { createdAt: 5, terminal: 2 };

it('keeps where each terminal was stopped, until its output goes on', () => {
  const both = writeStop(writeStop(undefined, one, 100), two, 7);
  expect([readStop(both, one), readStop(both, two)]).toEqual([100, 7]);
  const left = writeStop(both, one, undefined);
  expect([readStop(left, one), readStop(left, two)]).toEqual([undefined, 7]);
});

it('knows nothing of another lab, or from what it has not written', () => {
  const kept = writeStop(undefined, one, 100);
  expect(readStop(kept, { ...one, createdAt: 6 })).toBeUndefined();
  expect(readStop(writeStop(kept, { ...two, createdAt: 6 }, 7), one)).toBeUndefined();
  for (const stored of [undefined, 'no JSON', '{}', '[]']) {
    expect(readStop(stored, one)).toBeUndefined();
  }
});
