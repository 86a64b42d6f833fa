// A page's first words to link, and everything that is wrong with them. Real WebSockets, real HTTP upgrade.
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '../../server/protocol/browser-messages.ts';
import { sign } from '../../server/foundation/signature.ts';
import { closeReasons } from '../../server/protocol/close-codes.ts';
import {
  FRAME_BYTES,
  INPUT_FRAME_BYTES,
  MESSAGE_BYTES,
} from '../../server/protocol/flow-control.ts';
import { encodeFrame } from '../../server/protocol/frames.ts';
import { connectLab, dialLab } from '../support/lab-client.ts';
import { newLabId } from '../../server/foundation/random-id.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';

let house: LinkHouse;
beforeAll(async () => {
  house = await openLinkHouse();
});
afterAll(() => house.close());

const lab = newLabId();
const client = 'client-0001';

function helloWith(changes: object): string {
  const hello = {
    type: 'hello',
    version: PROTOCOL_VERSION,
    grant: house.grant({ lab }),
    lab,
    client,
    ...changes,
  };
  return JSON.stringify(hello);
}

/** Sends these as the first messages of a connection, and tells the code it is closed with. */
async function closeCodeAfter(...messages: (string | Uint8Array)[]): Promise<number> {
  const socket = new WebSocket(house.url, { origin: `http://127.0.0.1:${house.port}` });
  socket.on('open', () => {
    for (const message of messages) socket.send(message);
  });
  return new Promise((resolve) => socket.on('close', resolve));
}

/** The status of an upgrade with these headers. */
async function upgradeStatus(headers: Record<string, string>, path = '/link'): Promise<string> {
  const socket = connect(house.port, '127.0.0.1');
  const lines = Object.entries({
    Host: `127.0.0.1:${house.port}`,
    Origin: `http://127.0.0.1:${house.port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (data) => resolve(data.toString()));
  });
  socket.destroy();
  return answer.split('\r\n', 1)[0] ?? '';
}

describe('who may connect', () => {
  test('[P1] a page of this host is let in', async () => {
    expect(await upgradeStatus({})).toBe('HTTP/1.1 101 Switching Protocols');
  });
  test('[P1] a foreign Origin is refused with 403', async () => {
    expect(await upgradeStatus({ Origin: 'https://evil.example' })).toBe('HTTP/1.1 403 Forbidden');
  });
  test('[P1] an Origin of the same name and another port is refused with 403', async () => {
    expect(await upgradeStatus({ Origin: 'http://127.0.0.1:1' })).toBe('HTTP/1.1 403 Forbidden');
  });
  test('[P1] an upgrade without Origin is refused with 403', async () => {
    expect(await upgradeStatus({ Origin: '' })).toBe('HTTP/1.1 403 Forbidden');
  });
  test('[P1] a foreign Host is refused with 403, though the Origin is the same', async () => {
    const status = await upgradeStatus({ Host: 'evil.example', Origin: 'http://evil.example' });
    expect(status).toBe('HTTP/1.1 403 Forbidden');
  });
  test('[P1] another path is refused with 404', async () => {
    expect(await upgradeStatus({}, '/other')).toBe('HTTP/1.1 404 Not Found');
  });
  test('[P1] an upgrade without a WebSocket key is refused with 400', async () => {
    expect(await upgradeStatus({ 'Sec-WebSocket-Key': 'x' })).toBe('HTTP/1.1 400 Bad Request');
  });
});

describe('what is no message', () => {
  test.each([
    ['no JSON', 'hello'],
    ['JSON that is no object', '[1]'],
    ['an unknown type', '{"type":"dance"}'],
    ['no type', '{}'],
    ['deeply nested JSON', `${'['.repeat(4000)}${']'.repeat(4000)}`],
  ])('[P2] %s closes with 4400', async (_what, text) => {
    expect(await closeCodeAfter(text)).toBe(closeReasons.unknownMessage.code);
  });
  test('[P2] an unknown key closes with 4400', async () => {
    expect(await closeCodeAfter(helloWith({ extra: 1 }))).toBe(4400);
  });
  test('[P2] a text message above MESSAGE_BYTES closes with 4413', async () => {
    expect(await closeCodeAfter(' '.repeat(MESSAGE_BYTES + 1))).toBe(4413);
  });
  test('[P2] a frame above FRAME_BYTES closes with 1009', async () => {
    expect(await closeCodeAfter('x'.repeat(FRAME_BYTES + 1))).toBe(1009);
  });
  test('[P3] input above INPUT_FRAME_BYTES closes with 4413', async () => {
    const data = Buffer.alloc(INPUT_FRAME_BYTES + 1);
    const frame = encodeFrame({ kind: 'input', terminal: 1, offset: 0, data });
    expect(await closeCodeAfter(helloWith({}), frame)).toBe(4413);
  });
  test.each([
    ['a short frame', Buffer.from([2, 0, 1])],
    ['a frame of an unknown kind', Buffer.from([9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])],
    [
      'an output frame',
      encodeFrame({ kind: 'output', terminal: 1, offset: 0, data: Buffer.alloc(1) }),
    ],
    ['a frame for terminal 0', Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['an offset beyond 2^53', Buffer.from([2, 0, 1, 255, 0, 0, 0, 0, 0, 0, 0])],
    ['no bytes at all', Buffer.alloc(0)],
  ])('[P3] %s closes with 4400', async (_what, frame) => {
    expect(await closeCodeAfter(helloWith({}), frame)).toBe(4400);
  });
});

describe('hello', () => {
  test('[P4] anything before hello closes with 4405', async () => {
    expect(await closeCodeAfter('{"type":"ping","request":1}')).toBe(4405);
  });
  test('[P4] input before hello closes with 4405', async () => {
    const frame = encodeFrame({ kind: 'input', terminal: 1, offset: 0, data: Buffer.alloc(1) });
    expect(await closeCodeAfter(frame)).toBe(4405);
  });
  test('[P4] another protocol version closes with 4426, whatever its other keys', async () => {
    expect(await closeCodeAfter('{"type":"hello","version":99,"new":true}')).toBe(4426);
  });
  test('[P5] a forged grant closes with 4401', async () => {
    const [payload] = house.grant({ lab }).split('.');
    expect(await closeCodeAfter(helloWith({ grant: `${payload}.AAAA` }))).toBe(4401);
    expect(await closeCodeAfter(helloWith({ grant: 'nonsense' }))).toBe(4401);
  });
  test('[P5] a value that web signed for another purpose is no grant', async () => {
    const key = Buffer.from(house.setup.key, 'hex');
    expect(await closeCodeAfter(helloWith({ grant: sign(key, 'learner', '{}') }))).toBe(4401);
    expect(await closeCodeAfter(helloWith({ grant: sign(key, 'grant', '{}') }))).toBe(4401);
    expect(await closeCodeAfter(helloWith({ grant: sign(key, 'grant', '{') }))).toBe(4401);
  });
  test('[P5] an expired grant closes with 4402', async () => {
    const grant = house.grant({ lab, expires: Date.now() - 1 });
    expect(await closeCodeAfter(helloWith({ grant }))).toBe(4402);
  });
  test("[P5] a grant of another learner's lab closes with 4403", async () => {
    const grant = house.grant({ lab: newLabId() });
    expect(await closeCodeAfter(helloWith({ grant }))).toBe(4403);
  });
  test('[P6] welcome says which lab, role and lifetime, and who made the lab', async () => {
    const own = newLabId();
    const first = await house.connect(own);
    expect(first.welcome).toMatchObject({
      version: PROTOCOL_VERSION,
      lab: own,
      role: 'learner',
      created: true,
    });
    expect(first.welcome.lifetime.endsAt).toBeGreaterThan(first.welcome.lifetime.now);
    const second = await house.connect(own);
    expect(second.welcome).toMatchObject({ created: false, terminals: [] });
    await first.close();
    await second.close();
  });
  test('[P6] welcome is the first that a page is told of its lab', async () => {
    const own = newLabId();
    const socket = new WebSocket(house.url, { origin: `http://127.0.0.1:${house.port}` });
    socket.on('open', () => socket.send(helloWith({ lab: own, grant: house.grant({ lab: own }) })));
    const first = await new Promise((resolve) => socket.once('message', resolve));
    expect(JSON.parse(String(first))).toMatchObject({ type: 'welcome', created: true });
    socket.terminate();
  });
  test('[P6] what is sent before welcome is handled in order after it', async () => {
    const own = newLabId();
    const page = dialLab({ url: house.url, grant: house.grant({ lab: own }), lab: own });
    const size = { cols: 80, rows: 24 };
    page.sendWhenOpen({ type: 'open', request: 7, size });
    const opened = await page.next('opened');
    expect(opened).toMatchObject({ request: 7, terminal: 1 });
    expect(page.welcome.created).toBe(true);
    await page.close();
  });
  test('[P7] a second hello closes with 4405', async () => {
    expect(await closeCodeAfter(helloWith({}), helloWith({}))).toBe(4405);
    const page = await house.connect(newLabId());
    page.sendRaw(helloWith({}));
    expect((await page.closed).code).toBe(4405);
  });
  test('[P21] ping is answered by pong with its number', async () => {
    const page = await connectLab({ url: house.url, grant: house.grant({ lab }), lab });
    page.send({ type: 'ping', request: 41 });
    expect(await page.next('pong')).toEqual({ type: 'pong', request: 41 });
    await page.close();
  });
});
