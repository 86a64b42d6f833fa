// wetty as a peer: its own server with a shell instead of ssh, and a client that speaks as its page does. Knows no
// measurement.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { exactEnvironment } from '../../../server/foundation/environment.ts';
import { hostShell } from './host-shell.ts';
import { firstPrompt, makeScratch, type Line, type Peer } from './line.ts';
import { PacedParser } from './paced-parser.ts';
import { installWetty } from './wetty-install.ts';
import {
  commitPacket,
  CONNECTION,
  inputPacket,
  PONG,
  readPacket,
  resizePacket,
} from './wetty-packets.ts';

/** Characters after which wetty's page says that it has parsed them. */
const COMMIT_EVERY = 262_144;
const STARTS_WITHIN_MS = 20_000;

/** Rejects with the reason when it cannot be installed or started. */
export async function openWettyPeer(closings: DisposalStack, stateDir: string): Promise<Peer> {
  const program = await installWetty(stateDir);
  const port = await findPort();
  const { file, args, environment } = hostShell;
  const command = [file, ...args].join(' ');
  const options = ['--host', '127.0.0.1', '--port', String(port), '--command', command];
  const server = spawn(process.execPath, [program, ...options, '--log-level', 'info'], {
    env: exactEnvironment({ ...environment, NODE_ENV: 'production' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closings.add('wetty', () => end(server));
  await listening(server);
  return {
    name: 'wetty',
    serverPid: server.pid,
    scratch: makeScratch(closings),
    open: async ({ rate } = {}) => {
      const url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;
      const line = new WettyLine(new WebSocket(url), rate);
      await firstPrompt(line);
      return line;
    },
  };
}

class WettyLine implements Line {
  onOutput: ((data: Uint8Array) => void) | undefined;
  readonly #socket: WebSocket;
  readonly #parser: PacedParser;
  #isStalled = false;
  /** Parsed since the last commit; of ASCII, as floods are, a byte is a character. */
  #uncommitted = 0;

  constructor(socket: WebSocket, rate: number | undefined) {
    this.#socket = socket;
    this.#parser = new PacedParser(rate, (data) => this.#handleParsed(data));
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#handleFrame(data.toString());
    });
  }

  type(text: string): void {
    this.#socket.send(inputPacket(text));
  }

  /** A page that parses nothing still reads its socket, and says that it is there. */
  stall(): void {
    this.#isStalled = true;
    this.#parser.stop();
  }

  close(): void {
    this.#parser.stop();
    this.#socket.terminate();
  }

  #handleFrame(frame: string): void {
    const packet = readPacket(frame);
    switch (packet.type) {
      case 'open':
        this.#socket.send(CONNECTION);
        break;
      case 'connected':
        this.#socket.send(resizePacket(hostShell.size));
        break;
      case 'ping':
        this.#socket.send(PONG);
        break;
      case 'output':
        if (!this.#isStalled) this.#parser.add(Buffer.from(packet.text));
        break;
      case 'other':
        break;
    }
  }

  #handleParsed(data: Uint8Array): void {
    this.#uncommitted += data.length;
    while (this.#uncommitted >= COMMIT_EVERY) {
      this.#uncommitted -= COMMIT_EVERY;
      this.#socket.send(commitPacket(COMMIT_EVERY));
    }
    this.onOutput?.(data);
  }
}

/** wetty cannot be asked which port it got: one that was free a moment ago. */
async function findPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('there is no free port');
}

/** Resolves when wetty has said that it listens, which is a line of its log. */
async function listening(server: ChildProcess): Promise<void> {
  if (server.stdout === null) throw new Error('wetty has no output');
  const lines = createInterface({ input: server.stdout });
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('wetty does not listen')), STARTS_WITHIN_MS);
    server.once('exit', () => reject(new Error('wetty ended at once')));
    server.once('error', reject);
    lines.on('line', (line) => {
      if (!line.includes('Server started')) return;
      clearTimeout(late);
      resolve();
    });
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}
