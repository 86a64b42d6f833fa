// Started by sqlite-file.test.ts: gives up being root, opens the store, reports what came of it, and if
// told writes until it is killed, reporting the number of each row that the store acknowledged.
import { ExplainedError } from '../../../server/foundation/errors.ts';
import { newLabId, newLearnerId } from '../../../server/foundation/random-id.ts';
import { openSqliteStore } from '../../../server/web/store/sqlite-store.ts';

const [path = '', user, work] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}
try {
  const store = openSqliteStore(path);
  process.send?.('opened');
  const learner = newLearnerId();
  const lab = newLabId();
  const step = { course: 'c', version: 1, chapter: 'c', step: 's' };
  const last = work === 'and-write' ? Infinity : 0;
  for (let sequence = 1; sequence <= last; sequence += 1) {
    const check = `check-${sequence}`;
    await store.recordEarned({ sequence, learner, lab, step, check, seen: {}, at: sequence });
    await new Promise((resolve) => process.send?.(String(sequence), resolve));
  }
  await store.close();
} catch (error) {
  process.send?.(error instanceof ExplainedError ? error.code : String(error));
}
process.disconnect?.();
