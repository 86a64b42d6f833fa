// How many labs are to be warm at a moment, by the workshops that the operator has told of. Pure. [L20]
import { z } from 'zod';

/** Making one takes a sixth of a second on two cores; this leaves room for a busy machine. */
const LEAD_MS_PER_LAB = 1000;
/** Also for few labs: keeper looks at the plan now and then. */
const LEAD_MS = 60_000;

export const workshopSchema = z.strictObject({
  /** Names it for the one who cancels it. */
  id: z.int().min(1),
  /** Learners that will come, a lab each. */
  labs: z.int().min(1).max(4000),
  /** Milliseconds since the epoch at which the labs shall be warm, and for how long they wait. */
  at: z.int().min(0),
  forMs: z.int().min(60_000),
});
export type Workshop = z.infer<typeof workshopSchema>;

export const planSchema = z.strictObject({
  version: z.literal(1),
  workshops: z.array(workshopSchema).max(1000),
});

/** When the first lab for it is made. */
export function opensAt({ at, labs }: Workshop): number {
  return at - LEAD_MS - labs * LEAD_MS_PER_LAB;
}

export function endsAt({ at, forMs }: Workshop): number {
  return at + forMs;
}

/**
 * How many shall be warm now: for those who are still to come, and never less than `always`. `givenSince` says how
 * many living labs were given to learners since a moment: whoever has one needs no other.
 */
export function wantedNow(
  workshops: readonly Workshop[],
  {
    now,
    always,
    givenSince,
  }: { now: number; always: number; givenSince: (since: number) => number },
): number {
  const open = workshops.filter((one) => opensAt(one) <= now && now < endsAt(one));
  if (open.length === 0) return always;
  const seats = open.reduce((sum, { labs }) => sum + labs, 0);
  return Math.max(always, seats - givenSince(Math.min(...open.map(opensAt))));
}
