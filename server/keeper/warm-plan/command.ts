// `npm run coulisse -- warm`: what the operator asks of the plan of workshops, in words and out of words. Pure.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ExplainedError, messageOf } from '../../foundation/errors.ts';
import { endsAt, type Workshop } from './plan.ts';

export const usage = `Usage: npm run coulisse -- warm --labs 30 --at 2026-11-25T09:00 [--for 3h]
       npm run coulisse -- warm --list
       npm run coulisse -- warm --cancel <number>
`;

export type Wish =
  | { type: 'list' }
  | { type: 'cancel'; id: number }
  | { type: 'add'; labs: number; at: number; forMs: number };

const options = {
  labs: { type: 'string' },
  at: { type: 'string' },
  for: { type: 'string', default: '3h' },
  list: { type: 'boolean', default: false },
  cancel: { type: 'string' },
} as const;

const unitMs = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const addSchema = z.object({
  labs: z.coerce.number('--labs is a number').int().min(1),
  /** ISO 8601; without an offset it is the machine's own time. */
  at: z
    .string('--at is missing')
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d/, '--at is a time such as 2026-11-25T09:00')
    .transform((text) => new Date(text).getTime())
    .pipe(z.int('--at is no time')),
  for: z
    .string()
    .regex(/^[1-9]\d{0,3}[mhd]$/, '--for is a time such as 90m, 3h or 2d')
    .transform((text) => Number(text.slice(0, -1)) * (unitMs.get(text.slice(-1)) ?? 0)),
});

/** Throws ExplainedError for what is no such command. `most` is how many labs there may be at all. */
export function readWish(
  args: readonly string[],
  { most, now }: { most: number; now: number },
): Wish {
  const values = parse(args);
  if (values.list) return { type: 'list' };
  if (values.cancel !== undefined) {
    return {
      type: 'cancel',
      id: orSay(z.coerce.number('--cancel is a number').int(), values.cancel),
    };
  }
  const { labs, at, for: forMs } = orSay(addSchema, values);
  if (labs > most) {
    throw refusal(
      `${labs} labs are more than there may be at once, ${most}.`,
      'Raise COULISSE_LABS.',
    );
  }
  if (at + forMs <= now) throw refusal('That time is over.', 'The date is read as year-month-day.');
  return { type: 'add', labs, at, forMs };
}

/** A line for each workshop that is not over. */
export function inWords(workshops: readonly Workshop[], now: number): string {
  const coming = workshops.filter((one) => endsAt(one) > now);
  if (coming.length === 0) return 'No workshop is planned.\n';
  return coming
    .map((one) => {
      const [from, to] = [one.at, endsAt(one)].map((time) => localTime(time));
      return `${one.id}  ${one.labs} labs warm from ${from} to ${to}\n`;
    })
    .join('');
}

function localTime(time: number): string {
  const format = { dateStyle: 'short', timeStyle: 'long' } as const;
  return new Intl.DateTimeFormat('sv-SE', format).format(time);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw refusal(`${messageOf(cause)}.`, usage);
  }
}

function orSay<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refusal(`${parsed.error.issues[0]?.message ?? 'this is no such command'}.`, usage);
}

function refusal(sentence: string, remedy: string): ExplainedError {
  return new ExplainedError({ code: 'bad-warm-command', sentence, remedy });
}
