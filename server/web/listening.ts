// Opens and closes the listening socket: limits of a connection, and what went wrong in one sentence.
// Knows no route.
import type { Server, ServerOptions } from 'node:http';
import { ExplainedError, messageOf } from '../foundation/errors.ts';

/** Limits of one connection; Node's defaults suit servers that take uploads, and we take none. */
export const SERVER_LIMITS: ServerOptions = {
  /** Bytes of all request headers. A grant is never in them; the cookie is 110 bytes. */
  maxHeaderSize: 16 * 1024,
  /** Milliseconds for the headers, and for the whole request of at most 4 KiB. */
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  /** Milliseconds between two looks at those; a connection may live that much longer. */
  connectionsCheckingInterval: 5_000,
  /** Milliseconds; longer than the 60 s after which common proxies drop an idle connection, so that it is
   * always the proxy that closes and no request meets a closed one. */
  keepAliveTimeout: 65_000,
  /** Pieces of an answer are small: they go out at once. */
  noDelay: true,
};

/** Connections at once. Each takes about 10 KB; past this, new ones are dropped. */
const MAX_CONNECTIONS = 5_000;

/** Milliseconds that answers under way get when web stops. */
const DRAIN_MS = 2_000;

export type ListenOptions = { host: string; port: number };

/** Resolves with the port. Throws ExplainedError when it can't be had. */
export async function listen(server: Server, { host, port }: ListenOptions): Promise<number> {
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, { host, port })));
    server.listen({ host, port }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

/** Stops accepting, lets answers under way end, then cuts what is left. */
export async function shut(server: Server): Promise<void> {
  if (!server.listening) return;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    server.closeAllConnections();
    // Node may wait for main to say that the sockets it was passed are closed, which is not our concern.
    resolve();
  }, DRAIN_MS);
  await closed;
  clearTimeout(cut);
}

export function explainListenError(error: Error, { host, port }: ListenOptions): ExplainedError {
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new ExplainedError({
        code: 'port-in-use',
        sentence: `Port ${port} on ${host} is in use by another program.`,
        remedy: `Stop that program (ss -ltnp sport = :${port} names it), or choose another port: PORT=${port + 1} npm start.`,
        cause: error,
      });
    case 'EACCES':
      return new ExplainedError({
        code: 'port-forbidden',
        sentence: `An ordinary user may not listen on port ${port}, and web runs as one.`,
        remedy:
          'Choose a port from 1024 on, such as PORT=3000, and put a reverse proxy in front (docs/OPERATING.md).',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ExplainedError({
        code: 'no-such-host',
        sentence: `HOST=${host} is no address of this machine.`,
        remedy: 'Use 127.0.0.1 for this machine only, or 0.0.0.0 for every network it is on.',
        cause: error,
      });
    default:
      return new ExplainedError({
        code: 'cannot-listen',
        sentence: `Listening on ${host} port ${port} failed: ${messageOf(error)}.`,
        cause: error,
      });
  }
}
