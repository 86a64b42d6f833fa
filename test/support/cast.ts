// Asks link for a recording, part by part, and reads it as strictly as the format is written. Knows no test.
import { z } from 'zod';
import type { LabClient } from './lab-client.ts';

/** docs.asciinema.org/manual/asciicast/v2: a header, and the events that link writes, of which `k` is its own. */
const headerSchema = z.strictObject({
  version: z.literal(2),
  width: z.int().min(1),
  height: z.int().min(1),
  timestamp: z.int(),
  env: z.strictObject({ SHELL: z.string(), TERM: z.string() }),
});
const eventSchema = z.tuple([z.number().min(0), z.enum(['o', 'r', 'm', 'k']), z.string()]);

export type Cast = { header: z.infer<typeof headerSchema>; events: z.infer<typeof eventSchema>[] };

export async function fetchCast(page: LabClient, terminal: number): Promise<string> {
  const parts: string[] = [];
  for (let offset = 0, end = 1; offset < end;) {
    page.send({ type: 'read-recording', terminal, offset });
    const wanted = offset;
    const part = await page.next('recording-part', (message) => message.offset === wanted);
    parts.push(part.text);
    [offset, end] = [part.next, part.end];
  }
  return parts.join('');
}

/** Throws where the text is no asciicast v2. */
export function readCast(text: string): Cast {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  const [header, ...events] = lines.map((line): unknown => JSON.parse(line));
  const cast = {
    header: headerSchema.parse(header),
    events: events.map((event) => eventSchema.parse(event)),
  };
  const times = cast.events.map(([at]) => at);
  if (times.some((at, index) => at < (times[index - 1] ?? 0))) throw new Error('time goes back');
  return cast;
}

/** Everything of one kind, joined. */
export function joined(cast: Cast, kind: 'o' | 'r' | 'm' | 'k', by = ''): string {
  return cast.events
    .filter(([, code]) => code === kind)
    .map(([, , data]) => data)
    .join(by);
}
