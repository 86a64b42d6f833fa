// Which of a lab's terminals are the learner's 1 and 2.
import { expect, it } from 'vitest';
import type { LabState } from '../../../app/lab-client/lab-state.ts';
import { initialLabState } from '../../../app/lab-client/lab-state.ts';
import {
  admitTerminal,
  assignSlots,
  readPairing,
  writePairing,
} from '../../../app/lab-client/slots.ts';

const lab = 'a'.repeat(16);
const createdAt = 7;
const known = { lab, createdAt };
const pairing = readPairing(undefined, known);
const before = initialLabState.slots;

function terminal(id: number, exited = false) {
  return { terminal: id, size: { cols: 80, rows: 24 }, oldest: 0, end: 0, exited };
}

it('takes the terminals in the order they were opened when nothing was kept', () => {
  expect(assignSlots({ before, pairing, terminals: [terminal(7), terminal(3)] })).toEqual({
    1: { state: 'open', terminal: 3 },
    2: { state: 'open', terminal: 7 },
  });
});

it('finds each terminal in its place again, though the first one was opened later', () => {
  const slots: LabState['slots'] = {
    1: { state: 'open', terminal: 9 },
    2: { state: 'open', terminal: 2 },
  };
  const kept = readPairing(writePairing(known, slots), known);
  expect(assignSlots({ before, pairing: kept, terminals: [terminal(2), terminal(9)] })).toEqual(
    slots,
  );
});

it('[P16] keeps the place of a shell that has ended, and does not move the other there', () => {
  const kept = { ...known, one: 4, two: 5 };
  const slots = assignSlots({ before, pairing: kept, terminals: [terminal(4, true), terminal(5)] });
  const ended = { state: 'ended', terminal: 4, code: null, signal: null };
  expect(slots).toEqual({ 1: ended, 2: { state: 'open', terminal: 5 } });
  // Also for the next reload.
  expect(readPairing(writePairing(known, slots), known)).toEqual(kept);
});

it('[P16] shows the last of the shells that have ended where none lives', () => {
  const terminals = [terminal(4, true), terminal(6, true)];
  const last = { state: 'ended', terminal: 6, code: null, signal: null };
  const slots = assignSlots({ before, pairing, terminals });
  expect(slots).toEqual({ 1: last, 2: { state: 'empty' } });
});

it('keeps what it showed through a cut: how a shell ended, and that one ended while link was away', () => {
  const shown: LabState['slots'] = {
    1: { state: 'ended', terminal: 4, code: 3, signal: null },
    2: { state: 'open', terminal: 5 },
  };
  const kept = { ...known, one: 4, two: 5 };
  expect(assignSlots({ before: shown, pairing: kept, terminals: [] })).toEqual({
    1: shown[1],
    2: { state: 'ended', terminal: 5, code: null, signal: null },
  });
  expect(assignSlots({ before: shown, pairing: kept, terminals: [terminal(5)] })).toEqual(shown);
});

it('forgets what was kept for another lab, or is no pairing', () => {
  const other = { ...known, lab: 'b'.repeat(16), one: 1, two: 2 };
  const afresh = { ...known, createdAt: 8, one: 1, two: 2 };
  for (const stored of [JSON.stringify(other), JSON.stringify(afresh), '{}', 'no JSON']) {
    expect(readPairing(stored, known)).toEqual({ ...known, one: null, two: null });
  }
});

it('gives a terminal of another page a free place, once', () => {
  const first = admitTerminal(before, 6);
  expect(first[1]).toEqual({ state: 'open', terminal: 6 });
  expect(admitTerminal(first, 6)).toEqual(first);
  expect(admitTerminal(admitTerminal(first, 7), 8)[2]).toEqual({ state: 'open', terminal: 7 });
});
