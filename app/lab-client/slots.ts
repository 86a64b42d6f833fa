// Which of a lab's terminals are the learner's 1 and 2. Ids only rise and the course speaks of two places,
// so the pairing is kept beside the lab's name and found again after a reload. Knows no socket.
import { z } from 'zod';
import type { TerminalState } from '../../server/protocol/browser-messages.ts';
import { labIdSchema, terminalIdSchema } from '../../server/protocol/ids.ts';
import type { Slot, SlotNumber } from './lab-state.ts';
import { slotNumbers, terminalOf } from './lab-state.ts';

type Slots = Record<SlotNumber, Slot>;

const pairingSchema = z.strictObject({
  lab: labIdSchema,
  createdAt: z.number(),
  one: terminalIdSchema.nullable(),
  two: terminalIdSchema.nullable(),
});
type Pairing = z.infer<typeof pairingSchema>;

type KnownLab = { lab: string; createdAt: number };

/** What was kept for this lab; nothing when it was kept for another one, or is not ours. */
export function readPairing(stored: string | undefined, { lab, createdAt }: KnownLab): Pairing {
  const none: Pairing = { lab, createdAt, one: null, two: null };
  if (stored === undefined) return none;
  try {
    const parsed = pairingSchema.safeParse(JSON.parse(stored));
    const isOfThis = parsed.data?.lab === lab && parsed.data.createdAt === createdAt;
    return parsed.success && isOfThis ? parsed.data : none;
  } catch {
    return none;
  }
}

export function writePairing({ lab, createdAt }: KnownLab, slots: Slots): string {
  const id = (slot: Slot): number | null => terminalOf(slot) ?? null;
  const pairing: Pairing = { lab, createdAt, one: id(slots[1]), two: id(slots[2]) };
  return JSON.stringify(pairing);
}

export type Assigning = {
  /** What the page showed of this lab before. */
  before: Slots;
  pairing: Pairing;
  terminals: readonly TerminalState[];
};

/** Places that are shown or kept first, ended shells too, then the remaining living terminals in the order they were
 * opened. How a shell ended is said later, after the tail of its output ([P16]). */
export function assignSlots({ before, pairing, terminals }: Assigning): Slots {
  const states = new Map(terminals.map((state) => [state.terminal, state]));
  const kept: Record<SlotNumber, number | null> = { 1: pairing.one, 2: pairing.two };
  const slots: Slots = { 1: { state: 'empty' }, 2: { state: 'empty' } };
  for (const number of slotNumbers) {
    const known = slotOf(states.get(terminalOf(before[number]) ?? kept[number] ?? 0));
    slots[number] =
      before[number].state === 'ended' ? before[number] : (known ?? lost(before[number]));
  }
  const living = terminals.filter(({ exited }) => !exited);
  const shown = new Set(slotNumbers.map((number) => terminalOf(slots[number])));
  const free = living
    .filter(({ terminal }) => !shown.has(terminal))
    .toSorted((a, b) => a.terminal - b.terminal);
  for (const number of slotNumbers) {
    if (slots[number].state === 'empty') slots[number] = slotOf(free.shift()) ?? slots[number];
  }
  // A page that comes to nothing but ended shells is shown the last of them, rather than a new one in its place.
  const last = terminals.toSorted((a, b) => b.terminal - a.terminal)[0];
  if (slotNumbers.every((number) => slots[number].state === 'empty')) {
    slots[1] = slotOf(last) ?? slots[1];
  }
  return slots;
}

function slotOf(state: TerminalState | undefined): Slot | undefined {
  if (state === undefined) return undefined;
  const { terminal, exited } = state;
  return exited ? endedSlot(terminal) : { state: 'open', terminal };
}

/** A link that was started again has forgotten the shells that ended meanwhile. */
function lost(before: Slot): Slot {
  return before.state === 'open' ? endedSlot(before.terminal) : { state: 'empty' };
}

function endedSlot(terminal: number): Slot {
  return { state: 'ended', terminal, code: null, signal: null };
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
