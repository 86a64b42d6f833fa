// Where the output of terminals stood when ^S had stopped it, as this browser keeps it: a page after a reload, or a
// second tab, has not seen the key. Knows no storage.
import { z } from 'zod';

const storedSchema = z.strictObject({
  /** Of the lab: the same numbers in another one are other terminals. */
  createdAt: z.number(),
  /** Offset in the stream, by terminal. */
  offsets: z.record(z.string(), z.number()),
});

type Place = { createdAt: number | undefined; terminal: number };

function read(stored: string | undefined, createdAt: number | undefined): Record<string, number> {
  if (stored === undefined) return {};
  try {
    const parsed = storedSchema.safeParse(JSON.parse(stored));
    return parsed.data?.createdAt === createdAt ? (parsed.data?.offsets ?? {}) : {};
  } catch {
    return {};
  }
}

export function readStop(stored: string | undefined, place: Place): number | undefined {
  return read(stored, place.createdAt)[place.terminal];
}

/** `offset` is undefined when output goes on. */
export function writeStop(
  stored: string | undefined,
  { createdAt, terminal }: Place,
  offset: number | undefined,
): string {
  const { [terminal]: _, ...offsets } = read(stored, createdAt);
  return JSON.stringify({
    createdAt,
    offsets: offset === undefined ? offsets : { ...offsets, [terminal]: offset },
  });
}
