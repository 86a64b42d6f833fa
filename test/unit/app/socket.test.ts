// A connection that does not come about ends by itself: a web that does not answer, an upgrade that hangs.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { connectToLink, type ConnectionEnd } from '../../../app/lab-client/socket.ts';

const PATIENCE_MS = 150;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllGlobals();
});

/** How a connection ends to a server that takes connections and answers no upgrade. */
async function endOf(answer: RequestListener): Promise<ConnectionEnd> {
  const server = createServer(answer);
  // The socket is kept, and never answered.
  server.on('upgrade', () => undefined);
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const { fetch } = globalThis;
  // Node has no page whose address a path could belong to.
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(base + path, init));
  vi.stubGlobal('window', { location: { href: base } });
  return new Promise((onEnd) => {
    const ignore = (): void => undefined;
    const events = { onMessage: ignore, onFrame: ignore, onEnd };
    const connection = connectToLink(false, events, PATIENCE_MS);
    closers.push(() => connection.close());
  });
}

it('gives up a web that does not answer', async () => {
  expect(await endOf(() => undefined)).toEqual({ refusal: 'unavailable' });
});

it('gives up a WebSocket that does not open', async () => {
  const grant = { lab: 'a'.repeat(16), grant: 'signed', expires: 0 };
  const end = await endOf((_, response) => void response.end(JSON.stringify(grant)));
  expect(end).toEqual({ closeCode: 1006 });
});
