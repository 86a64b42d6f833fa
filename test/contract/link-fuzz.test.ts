// Thousands of hostile frames against the live link: each is answered, passed over or closed with a code,
// none ends it or takes its memory.
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import { PROTOCOL_VERSION } from '../../server/protocol/browser-messages.ts';
import { closeReasons } from '../../server/protocol/close-codes.ts';
import { MESSAGE_BYTES } from '../../server/protocol/flow-control.ts';
import { newLabId } from '../../server/foundation/random-id.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

const HOSTILE_FRAMES = 10_000;
const FRAMES_PER_CONNECTION = 10;
const MEGABYTE = 1024 * 1024;

let house: LinkHouse;
beforeAll(async () => {
  house = await openLinkHouse();
});
afterAll(() => house.close());

const small = fc.integer({ min: -2, max: 70_000 });
const size = fc.record({ cols: small, rows: small });
const request = fc.oneof(small, fc.double(), fc.string());
const known = fc.oneof(
  fc.record({ type: fc.constant('open'), request, size }),
  fc.record({ type: fc.constant('attach'), request: small, terminal: small, offset: small, size }),
  fc.record({ type: fc.constant('ack'), terminal: small, offset: fc.maxSafeInteger() }),
  fc.record({ type: fc.constant('resize'), terminal: small, size }),
  fc.record({ type: fc.constant('close'), terminal: small }),
  fc.record({ type: fc.constant('step'), step: fc.anything() }),
  fc.record({ type: fc.constant('answer'), quiz: fc.string(), value: fc.string() }),
  fc.record({ type: fc.constant('lend-keyboard'), helper: small }),
  fc.record({ type: fc.constant('record'), terminal: small, on: fc.boolean() }),
  fc.record({ type: fc.constant('read-recording'), terminal: small, offset: fc.maxSafeInteger() }),
  fc.record({ type: fc.constant('xray'), on: fc.boolean(), networks: fc.boolean() }),
  fc.record({
    type: fc.constantFrom(
      'keep',
      'check-now',
      'ping',
      'ask-keyboard',
      'return-keyboard',
      'hello',
      'welcome',
      '__proto__',
    ),
  }),
);
const text = fc.oneof(
  known.map((message) => JSON.stringify(message)),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constant('x'.repeat(MESSAGE_BYTES + 1)),
);
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  // An input frame of a wild terminal and offset.
  fc.uint8Array({ minLength: 10, maxLength: 60 }).map((rest) => Uint8Array.of(2, ...rest)),
);
const frame = fc.oneof(text, binary);

const codes = new Set<number>(Object.values(closeReasons).map((reason) => reason.code));

/** Sends frames after a good hello (or none), and tells how the connection ended: our close is 1000. */
async function attack(frames: readonly (string | Uint8Array)[], hello: string | undefined) {
  const socket = new WebSocket(house.url, { origin: `http://127.0.0.1:${house.port}` });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  socket.on('message', (_data: RawData) => undefined);
  socket.on('open', () => {
    if (hello !== undefined) socket.send(hello);
    for (const hostile of frames) socket.send(hostile);
    socket.close(1000);
  });
  return closed;
}

/** Some at a time on connections of their own, most of them after a good hello. */
async function attackAll(frames: readonly (string | Uint8Array)[], lab: string): Promise<void> {
  for (let at = 0; at < frames.length; at += FRAMES_PER_CONNECTION) {
    const grant = house.grant({ lab: at % 3 === 0 ? newLabId() : lab });
    const hello = JSON.stringify({
      type: 'hello',
      version: PROTOCOL_VERSION,
      grant,
      lab,
      client: 'attacker-1',
    });
    const isGreeted = at % 5 !== 0;
    const batch = frames.slice(at, at + FRAMES_PER_CONNECTION);
    const code = await attack(batch, isGreeted ? hello : undefined);
    expect(code === 1000 || codes.has(code), `closed with ${code}`).toBe(true);
  }
}

test('[P22] twice ten thousand hostile frames end in answers and close codes, and link lives', async () => {
  const { page, terminal } = await openShell(house);
  // Attackers may do to a lab of their own what they like: close its terminals, say.
  const { lab } = await openShell(house);
  const [first, then] = [fc.sample(frame, HOSTILE_FRAMES), fc.sample(frame, HOSTILE_FRAMES)];
  // The heap that any ten thousand bring stays as it is: what grows with the next is taken by them.
  await attackAll(first, lab);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  await attackAll(then, lab);
  // The learner next door did not notice.
  const since = terminal.type('echo un""hurt\n');
  await terminal.waitForOutput(/^unhurt\n/m, { since });
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * MEGABYTE);
  await page.close();
}, 180_000);
