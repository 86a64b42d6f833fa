// The journal of a house, as it is on its disk at this moment. Knows no lab.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const entrySchema = z.looseObject({
  lab: z.string(),
  isWarm: z.boolean(),
  slot: z.int(),
  init: z.looseObject({ pid: z.int() }).nullable(),
});

export function journalEntries(stateDir: string): z.infer<typeof entrySchema>[] {
  const directory = join(stateDir, 'keeper/journal');
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return entrySchema.parse(JSON.parse(readFileSync(join(directory, name), 'utf8')));
      } catch {
        // Replaced or removed since the directory was read.
        return [];
      }
    });
}
