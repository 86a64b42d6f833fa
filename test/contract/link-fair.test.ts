// Fair shares between terminals, through link: none is sent all it has before others are sent something.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../../server/protocol/browser-messages.ts';
import { OUTPUT_HIGH_MARK_BYTES, TURN_BYTES } from '../../server/protocol/flow-control.ts';
import { decodeFrame } from '../../server/protocol/frames.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, run, waitUntil } from '../support/link-shell.ts';
import { opcodes, RawPage, type RawFrame } from '../support/raw-page.ts';

const MEGABYTE = 1024 * 1024;
let house: LinkHouse;
beforeAll(async () => {
  house = await openLinkHouse();
});
afterAll(() => house.close());

test('[P11] of two terminals with much to send and one with little, each is sent a frame in its turn', async () => {
  const { page, terminal, lab } = await openShell(house);
  const terminals = [terminal, await page.open(), await page.open()];
  // As much as is sent without an acknowledgement, so that nothing but link orders what comes.
  const much = OUTPUT_HIGH_MARK_BYTES - 10_000;
  for (const each of terminals.slice(0, 2))
    await run(each, `head -c ${much} /dev/zero | tr '\\0' x; echo`);
  const raw = await RawPage.connect(house.port);
  const frames: { terminal: number; bytes: number }[] = [];
  raw.onFrame = (opcode, payload) => {
    const frame = opcode === opcodes.binary ? decodeFrame(payload) : undefined;
    if (frame !== undefined) frames.push({ terminal: frame.terminal, bytes: frame.data.length });
  };
  const say = (message: object): RawFrame => ({
    opcode: opcodes.text,
    payload: Buffer.from(JSON.stringify(message)),
  });
  const grant = house.grant({ lab });
  const size = { cols: 80, rows: 24 };
  // At once, so that all three are attached in one turn.
  raw.send(
    say({ type: 'hello', version: PROTOCOL_VERSION, grant, lab, client: 'fair-share' }),
    ...terminals.map(({ id }) =>
      say({ type: 'attach', request: 1, terminal: id, offset: 0, size }),
    ),
  );
  const sentOf = (id: number) =>
    frames.filter((frame) => frame.terminal === id).reduce((sum, { bytes }) => sum + bytes, 0);
  await waitUntil(() => terminals.every(({ id, offset }) => sentOf(id) === offset));
  const [one, two, three] = terminals.map(({ id }) => id);
  const order = frames.map((frame) => frame.terminal);
  // The small one waits for one frame of each.
  expect(new Set(order.slice(0, 3))).toEqual(new Set([one, two, three]));
  // And neither of the others is ever two frames ahead.
  const rest = order.filter((id) => id !== three);
  for (let at = 0; at < rest.length; at += 2) {
    expect(new Set(rest.slice(at, at + 2))).toEqual(new Set([one, two]));
  }
  expect(rest.length).toBe(2 * Math.ceil(much / TURN_BYTES));
  raw.finish();
  await page.close();
});

test('[P11] [P12] two floods without end and a third terminal of another lab all get on', async () => {
  const floods = [await openShell(house), await openShell(house)];
  const third = await openShell(house);
  for (const { terminal } of floods) terminal.type('yes\n');
  await waitUntil(() => floods.every(({ terminal }) => terminal.offset > MEGABYTE));
  for (let round = 0; round < 20; round += 1) {
    const before = floods.map(({ terminal }) => terminal.offset);
    await run(third.terminal, `echo ${round}`);
    await waitUntil(() =>
      floods.every(({ terminal }, at) => terminal.offset > (before[at] ?? 0) + TURN_BYTES),
    );
  }
  for (const { terminal } of floods) {
    const since = terminal.type('\x03');
    await terminal.waitForOutput(/\^C\n\$ $/, { since });
    expect(terminal.gaps).toBe(0);
  }
  for (const { page } of [...floods, third]) await page.close();
});
