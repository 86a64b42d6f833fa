// Decides about each WebSocket upgrade, and hands the good ones to link with their socket. Knows no
// protocol of labs and no IPC channel.
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { handoverSchema, type Handover } from '../protocol/peer-messages.ts';
import { foreignOrigin, noLabs } from './grants.ts';
import type { FrontDoor, Visitor } from './http/front-door.ts';
import { RateLimit } from './http/rate-limit.ts';
import { Refusal, tooMany } from './http/refusal.ts';
import { parseTarget } from './http/router.ts';

const PATH = '/link';

/** A class of forty behind one address connects and reloads at once; after that, two a second. */
const CONNECTIONS = { burst: 120, perSecond: 2 };

/** What link needs of the request. The cookie is not among it: the grant says who this is. */
const PASSED_HEADERS = [
  'host',
  'origin',
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
] as const;

/** Takes the socket away: afterwards it is the receiver's alone. */
export type PassSocket = (handover: Handover, socket: Socket) => void;

export type HandoverOptions = {
  door: FrontDoor;
  /** False when web runs alone. */
  hasLabs: boolean;
  pass: PassSocket;
};

export type UpgradeHandler = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

export function createUpgradeHandler({ door, hasLabs, pass }: HandoverOptions): UpgradeHandler {
  const rate = new RateLimit(CONNECTIONS);

  const admit = (request: IncomingMessage): Visitor => {
    const visitor = door.admit(request);
    if (parseTarget(request.url ?? '')?.pathname !== PATH) throw notHere();
    if (!hasLabs) throw noLabs();
    if (!door.hasOwnOrigin(request, visitor)) throw foreignOrigin();
    const wait = rate.take(visitor.address);
    if (wait > 0) throw tooMany(wait);
    return visitor;
  };

  return (request, socket, head) => {
    // node:http has taken its listeners off: without one, a reset would end the process.
    socket.on('error', () => socket.destroy());
    try {
      pass(describe(request, admit(request), head), socket);
    } catch (error) {
      refuseUpgrade(socket, error);
    }
  };
}

function describe(request: IncomingMessage, visitor: Visitor, head: Buffer): Handover {
  const headers: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const handover = handoverSchema.safeParse({
    type: 'handover',
    url: request.url,
    headers,
    address: visitor.address,
    head: head.toString('base64'),
  });
  if (handover.success) return handover.data;
  throw new Refusal({
    status: 400,
    code: 'bad-upgrade',
    sentence: 'The upgrade request is longer than a browser would make it.',
  });
}

/** Answers as HTTP and closes. There is no ServerResponse for an upgrade. */
function refuseUpgrade(socket: Socket, error: unknown): void {
  if (!(error instanceof Refusal)) {
    socket.destroy();
    throw error;
  }
  const body = `${error.message}\n`;
  const headers = {
    ...error.headers,
    connection: 'close',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${head.join('')}\r\n${body}`,
    () => socket.destroy(),
  );
}

function notHere(): Refusal {
  return new Refusal({
    status: 404,
    code: 'no-such-route',
    sentence: `WebSockets are served at ${PATH} only.`,
  });
}
