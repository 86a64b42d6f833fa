// Bytes that no WebSocket library sends, against the live link: frames that are malformed, in fragments, of control
// alone, too many, and from a page that does not read. Each ends in an answer or a close code, and others go on.
import * as fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newLabId } from '../../server/foundation/random-id.ts';
import { MESSAGES_AT_ONCE } from '../../server/link/limits.ts';
import { PROTOCOL_VERSION } from '../../server/protocol/browser-messages.ts';
import { closeReasons } from '../../server/protocol/close-codes.ts';
import { FRAME_BYTES } from '../../server/protocol/flow-control.ts';
import { encodeFrame } from '../../server/protocol/frames.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell, run, type Shell } from '../support/link-shell.ts';
import { opcodes, RawPage, type RawFrame } from '../support/raw-page.ts';

const MEGABYTE = 1024 * 1024;
/** By the WebSocket library. */
const MALFORMED = 1002;
const NO_UTF8 = 1007;
const TOO_MANY_FRAGMENTS = 1008;
const TOO_LARGE = 1009;

let house: LinkHouse;
let neighbour: Shell;
beforeAll(async () => {
  house = await openLinkHouse();
  neighbour = await openShell(house);
});
afterAll(() => house.close());
beforeEach(() => globalThis.gc?.());

const { continuation, text, binary, close, ping, pong } = opcodes;
const bytes = (length: number) => Buffer.alloc(length, 'x');
const json = (value: unknown): RawFrame => ({
  opcode: text,
  payload: Buffer.from(JSON.stringify(value)),
});

/** A good one, of a lab of its own unless it is said. */
function hello(lab = newLabId()): RawFrame {
  const grant = house.grant({ lab });
  return json({ type: 'hello', version: PROTOCOL_VERSION, grant, lab, client: 'hostile-1' });
}

async function expectNeighbourServed(): Promise<void> {
  await run(neighbour.terminal, 'echo ser""ved');
}

const malformed: [string, number, RawFrame[]][] = [
  ['an opcode that is not defined', MALFORMED, [{ opcode: 3 }]],
  ['a control opcode that is not defined', MALFORMED, [{ opcode: 11 }]],
  ['a reserved bit', MALFORMED, [{ opcode: text, payload: bytes(2), reserved: 4 }]],
  ['a frame that is not masked', MALFORMED, [{ opcode: text, payload: bytes(2), isMasked: false }]],
  ['a continuation of nothing', MALFORMED, [{ opcode: continuation, payload: bytes(2) }]],
  [
    'a message within the fragments of another',
    MALFORMED,
    [{ opcode: binary, payload: bytes(2), isFinal: false }, { opcode: text }],
  ],
  ['a ping in fragments', MALFORMED, [{ opcode: ping, isFinal: false }]],
  ['a long ping', MALFORMED, [{ opcode: ping, payload: bytes(126) }]],
  ['a close frame of one byte', MALFORMED, [{ opcode: close, payload: bytes(1) }]],
  ['a code that nobody may send', MALFORMED, [{ opcode: close, payload: Buffer.of(3, 237) }]],
  [
    'a close reason that is no UTF-8',
    NO_UTF8,
    [{ opcode: close, payload: Buffer.of(3, 232, 255) }],
  ],
  ['a text that is no UTF-8', NO_UTF8, [{ opcode: text, payload: Buffer.of(0xc3, 0x28) }]],
  [
    'a text that is no UTF-8 across fragments',
    NO_UTF8,
    [
      { opcode: text, payload: Buffer.of(0xe2, 0x82), isFinal: false },
      { opcode: continuation, payload: Buffer.of(0x28) },
    ],
  ],
  [
    'a frame that is too long by one',
    TOO_LARGE,
    [{ opcode: binary, declaredLength: FRAME_BYTES + 1 }],
  ],
  ['a length of a terabyte', TOO_LARGE, [{ opcode: text, declaredLength: 2 ** 40 }]],
  [
    'fragments that are too long together',
    TOO_LARGE,
    [
      { opcode: binary, payload: bytes(FRAME_BYTES), isFinal: false },
      { opcode: continuation, payload: bytes(1) },
    ],
  ],
  [
    'more empty fragments than one message may have',
    TOO_MANY_FRAGMENTS,
    [
      { opcode: text, payload: bytes(1), isFinal: false },
      ...Array.from({ length: 16_384 }, () => ({ opcode: continuation, isFinal: false })),
    ],
  ],
];

test.each(malformed)(
  '[P2] %s closes with %i, before and after hello',
  async (_what, code, frames) => {
    for (const greeting of [[], [hello()]]) {
      const page = await RawPage.connect(house.port);
      page.send(...greeting, ...frames);
      expect(await page.ended).toBe(code);
    }
    await expectNeighbourServed();
  },
);

test('[P3] a binary message in fragments, with a ping between, is one message', async () => {
  const { page, terminal, lab } = await openShell(house);
  const raw = await RawPage.connect(house.port);
  const data = Buffer.from('echo in one pie""ce\n');
  const frame = encodeFrame({ kind: 'input', terminal: terminal.id, offset: 0, data });
  const since = terminal.place();
  raw.send(hello(lab), { opcode: binary, payload: frame.subarray(0, 5), isFinal: false });
  raw.send({ opcode: ping, payload: bytes(3) });
  raw.send({ opcode: continuation, payload: frame.subarray(5, 15), isFinal: false });
  raw.send({ opcode: continuation, payload: frame.subarray(15) });
  await terminal.waitForOutput(/^in one piece\n/m, { since });
  expect(raw.came.get(pong)).toBe(1);
  raw.finish();
  await page.close();
});

const floods: [string, () => RawFrame][] = [
  ['messages', () => json({ type: 'ping', request: 1 })],
  [
    'input frames',
    () => ({
      opcode: binary,
      payload: encodeFrame({ kind: 'input', terminal: 9, offset: 0, data: bytes(1) }),
    }),
  ],
  ['pongs of WebSocket', () => ({ opcode: pong, payload: bytes(125) })],
];

test.each(floods)('[P22] a flood of %s closes with 4429', async (_what, frame) => {
  const page = await RawPage.connect(house.port);
  page.send(hello());
  // Each moment's refill is far less.
  page.send(...Array.from({ length: 2 * MESSAGES_AT_ONCE }, frame));
  expect(await page.ended).toBe(closeReasons.tooMany.code);
  await expectNeighbourServed();
});

test('[P22] pings of WebSocket are answered until they are too many', async () => {
  const page = await RawPage.connect(house.port);
  page.send(hello());
  const state = { hasEnded: false };
  void page.ended.then(() => (state.hasEnded = true));
  // Each time fewer than the library lets wait.
  for (let sent = 0; !state.hasEnded; sent += 50) {
    expect(sent).toBeLessThan(10 * MESSAGES_AT_ONCE);
    page.send(...Array.from({ length: 50 }, () => ({ opcode: ping, payload: bytes(125) })));
    while (!state.hasEnded && (page.came.get(pong) ?? 0) < sent + 50) await nextTurn();
  }
  expect(await page.ended).toBe(closeReasons.tooMany.code);
  expect(page.came.get(pong)).toBeGreaterThanOrEqual(MESSAGES_AT_ONCE - 50);
  await expectNeighbourServed();
});

test('[P22] a page that pings and does not read is cut, and takes no memory', async () => {
  const page = await RawPage.connect(house.port);
  page.send(hello());
  page.stopReading();
  const before = process.memoryUsage().rss;
  for (let times = 0; times < 100; times += 1) {
    page.send(...Array.from({ length: 1_000 }, () => ({ opcode: ping, payload: bytes(125) })));
    await nextTurn();
  }
  await expectNeighbourServed();
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * MEGABYTE);
  page.goOnReading();
  // No close frame: it would not be read.
  expect(await page.ended).toBeUndefined();
});

test('[P11] a page that reads nothing of a flood holds up no other lab, and takes no memory', async () => {
  const { page, terminal, lab } = await openShell(house);
  const raw = await RawPage.connect(house.port);
  raw.send(
    hello(lab),
    json({ type: 'attach', request: 1, terminal: 1, offset: 0, size: { cols: 80, rows: 24 } }),
  );
  raw.stopReading();
  const before = process.memoryUsage().rss;
  await run(terminal, 'seq 1 2000000 | tail -c 8000000');
  await expectNeighbourServed();
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * MEGABYTE);
  raw.finish();
  await page.close();
});

const codes = new Set<number | undefined>([
  ...Object.values(closeReasons).map((reason) => reason.code),
  MALFORMED,
  NO_UTF8,
  TOO_LARGE,
  // It was closed by its own close frame, or cut by its own end.
  1000,
  undefined,
]);

const anyFrame: fc.Arbitrary<RawFrame> = fc.record(
  {
    opcode: fc.oneof(fc.constantFrom(...Object.values(opcodes)), fc.nat({ max: 15 })),
    payload: fc.uint8Array({ maxLength: 200 }),
    isFinal: fc.boolean(),
    isMasked: fc.constantFrom(true, true, true, true, false),
    reserved: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 4, 7),
    declaredLength: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 70_000 }), fc.nat()),
  },
  { requiredKeys: ['opcode', 'payload'] },
);

function codeOf({ payload = bytes(0) }: RawFrame): number | undefined {
  return payload.length < 2 ? undefined : Buffer.from(payload).readUInt16BE();
}

test('[P2] twice five hundred connections of wild frames end, and link lives', async () => {
  const attack = async (frames: RawFrame[][]) => {
    const { lab } = await openShell(house);
    for (const [at, batch] of frames.entries()) {
      const page = await RawPage.connect(house.port);
      page.send(...(at % 3 === 0 ? [] : [hello(lab)]), ...batch);
      // What says that more is to come is never ended otherwise.
      page.finish();
      const code = await page.ended;
      // A close frame is answered with the code that it has (RFC 6455, 5.5.1).
      const echoed = batch.filter(({ opcode }) => opcode === close).map(codeOf);
      expect([...codes, ...echoed], `closed with ${code}`).toContain(code);
    }
  };
  const [first, then] = [0, 1].map(() =>
    fc.sample(fc.array(anyFrame, { minLength: 1, maxLength: 10 }), 500),
  );
  await attack(first ?? []);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  await attack(then ?? []);
  await expectNeighbourServed();
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * MEGABYTE);
});
