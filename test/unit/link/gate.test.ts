// The gate at which an opening waits for keeper.
import { expect, test } from 'vitest';
import { Gate } from '../../../server/link/gate.ts';

test('[P24] whoever comes while it is open passes at once', async () => {
  const gate = new Gate();
  gate.open();
  await expect(gate.pass(0)).resolves.toBe(true);
});
test('[P24] all who wait pass when it opens, and nobody after it was shut again', async () => {
  const gate = new Gate();
  const waiting = [gate.pass(60_000), gate.pass(60_000)];
  gate.open();
  gate.shut();
  await expect(Promise.all(waiting)).resolves.toEqual([true, true]);
  await expect(gate.pass(1)).resolves.toBe(false);
});
test('[P24] who has waited long enough is sent away, and so are all when it is closed', async () => {
  const gate = new Gate();
  await expect(gate.pass(5)).resolves.toBe(false);
  const waiting = gate.pass(60_000);
  gate.close();
  await expect(waiting).resolves.toBe(false);
});
