// Takes over the upgrades that web received: guards them and makes WebSockets of them. Knows no session.
import { IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { FRAME_BYTES } from '../protocol/flow-control.ts';
import type { Handover } from '../protocol/peer-messages.ts';
import type { OriginGuard } from './origin-guard.ts';

const PATH = '/link';
/** Milliseconds a page may take to answer a close before its socket is cut. */
const CLOSE_WITHIN_MS = 5_000;

export type HandoverTaker = {
  /** Answers the upgrade on `socket`, with a WebSocket or with a refusal. */
  take(handover: Handover, socket: Socket): void;
};

export type HandoverOptions = {
  guard: OriginGuard;
  /** Whether there is room for one more connection. */
  hasRoom(): boolean;
  /** `socket` is what `webSocket` writes to. */
  connected(webSocket: WebSocket, socket: Socket): void;
};

export function createHandoverTaker(options: HandoverOptions): HandoverTaker {
  // Not written as an argument: ws has closeTimeout, its types do not know it yet.
  const settings = {
    noServer: true,
    clientTracking: false,
    // Compression costs 0.35 ms and twice the CPU per key, and two thirds of the throughput.
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES,
    closeTimeout: CLOSE_WITHIN_MS,
  };
  const server = new WebSocketServer(settings);
  return {
    take(handover, socket) {
      socket.on('error', () => socket.destroy());
      const path = handover.url.split('?', 1)[0];
      const complaint = options.guard(handover.headers);
      if (path !== PATH) refuse(socket, 404, 'There is nothing to connect to at this path.');
      else if (complaint !== undefined) refuse(socket, 403, complaint);
      else if (!options.hasRoom())
        refuse(socket, 503, 'Too many connections: try again in a minute.');
      else {
        const request = new IncomingMessage(socket);
        request.method = 'GET';
        request.url = handover.url;
        request.headers = handover.headers;
        socket.setNoDelay(true);
        server.handleUpgrade(request, socket, Buffer.from(handover.head, 'base64'), (webSocket) => {
          options.connected(webSocket, socket);
        });
      }
    },
  };
}

function refuse(socket: Socket, status: number, sentence: string): void {
  const body = `${sentence}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  // A peer that goes on sending must not keep the socket open.
  socket.resume();
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroySoon());
}
