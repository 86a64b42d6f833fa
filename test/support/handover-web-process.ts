// The least that web must do for link: listens, and passes each upgraded socket to its parent. Run by
// link-process.ts.
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { passSocket, type SocketChannel } from '../../server/foundation/pass-socket.ts';
import { handoverOf } from './handover-of.ts';

const channel: SocketChannel = {
  get connected() {
    return process.connected;
  },
  send: (message, socket, options, done) => process.send?.(message, socket, options, done) ?? false,
};

const server = createServer((_request, response) => {
  server.getConnections((_error, count) => response.end(String(count)));
});
server.on('upgrade', (request, socket, head) => {
  if (socket instanceof Socket) passSocket(channel, handoverOf(request, head), socket);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.send?.({ type: 'ready', port: address.port });
});
process.on('disconnect', () => process.exit(0));
