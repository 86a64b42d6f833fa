// The terminal server that everybody writes first: a WebSocket per terminal, node-pty's strings sent as they
// come, no flow control. A process of its own, as a server is. Knows nothing of Coulisse.
// oxlint-disable-next-line eslint/no-restricted-imports -- node-pty by itself is the peer
import { spawn } from 'node-pty';
import { WebSocketServer } from 'ws';
import { hostShell } from './host-shell.ts';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (socket) => {
  const { file, args, environment, size } = hostShell;
  const pty = spawn(file, [...args], { ...size, name: environment.TERM, env: { ...environment } });
  pty.onData((text) => socket.send(text));
  pty.onExit(() => socket.close());
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) pty.write(data.toString());
  });
  socket.on('close', () => pty.kill('SIGKILL'));
  socket.on('error', () => pty.kill('SIGKILL'));
});
server.on('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
// The benchmark is gone.
process.on('disconnect', () => process.exit());
