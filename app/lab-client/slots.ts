// Which of a lab's terminals are the learner's 1 and 2. Ids only rise and the course speaks of two places,
// so the pairing is kept beside the lab's name and found again after a reload. Knows no socket.
import { z } from 'zod';
import type { TerminalState } from '../../server/protocol/browser-messages.ts';
import { labIdSchema, terminalIdSchema } from '../../server/protocol/ids.ts';
import type { Slot, SlotNumber } from './lab-state.ts';
import { slotNumbers } from './lab-state.ts';

type Slots = Record<SlotNumber, Slot>;

const pairingSchema = z.strictObject({
  lab: labIdSchema,
  one: terminalIdSchema.nullable(),
  two: terminalIdSchema.nullable(),
});
type Pairing = z.infer<typeof pairingSchema>;

/** What was kept for this lab; nothing when it was kept for another one, or is not ours. */
export function readPairing(stored: string | undefined, lab: string): Pairing {
  const none: Pairing = { lab, one: null, two: null };
  if (stored === undefined) return none;
  try {
    const parsed = pairingSchema.safeParse(JSON.parse(stored));
    return parsed.success && parsed.data.lab === lab ? parsed.data : none;
  } catch {
    return none;
  }
}

export function writePairing(lab: string, slots: Slots): string {
  const id = (slot: Slot): number | null => (slot.state === 'open' ? slot.terminal : null);
  const pairing: Pairing = { lab, one: id(slots[1]), two: id(slots[2]) };
  return JSON.stringify(pairing);
}

/** Kept places first, then the remaining living terminals in the order they were opened. */
export function assignSlots(pairing: Pairing, terminals: readonly TerminalState[]): Slots {
  const living = terminals.filter((terminal) => !terminal.exited).map((state) => state.terminal);
  const slots: Slots = { 1: { state: 'empty' }, 2: { state: 'empty' } };
  const kept: Record<SlotNumber, number | null> = { 1: pairing.one, 2: pairing.two };
  for (const number of slotNumbers) {
    const terminal = kept[number];
    if (terminal !== null && living.includes(terminal)) slots[number] = { state: 'open', terminal };
  }
  const free = living
    .filter((terminal) => terminal !== pairing.one && terminal !== pairing.two)
    .toSorted((a, b) => a - b);
  for (const number of slotNumbers) {
    if (slots[number].state !== 'empty') continue;
    const terminal = free.shift();
    if (terminal !== undefined) slots[number] = { state: 'open', terminal };
  }
  return slots;
}

/** A terminal that another page opened takes a free place, if there is one. */
export function admitTerminal(slots: Slots, terminal: number): Slots {
  if (slotNumbers.some((n) => slots[n].state === 'open' && terminalIn(slots[n]) === terminal)) {
    return slots;
  }
  const free = slotNumbers.find((number) => slots[number].state === 'empty');
  return free === undefined ? slots : { ...slots, [free]: { state: 'open', terminal } };
}

function terminalIn(slot: Slot): number | undefined {
  return slot.state === 'open' ? slot.terminal : undefined;
}
