// The terminals that a lab's are compared with: a naive server over a WebSocket, and node-pty without any
// server at all. Knows no lab.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
// oxlint-disable-next-line eslint/no-restricted-imports -- node-pty by itself is the floor
import { spawn } from 'node-pty';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { hostShell } from './host-shell.ts';
import { firstPrompt, makeScratch, type Line, type Peer } from './line.ts';
import { PacedParser } from './paced-parser.ts';

const listeningSchema = z.strictObject({ port: z.int() });

export async function openNaivePeer(closings: DisposalStack): Promise<Peer> {
  const child = fork(fileURLToPath(new URL('naive-server-process.ts', import.meta.url)));
  closings.add('naive server', async () => {
    if (child.exitCode !== null || !child.connected) return;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  });
  const { port } = listeningSchema.parse((await once(child, 'message'))[0]);
  return {
    name: 'naive server',
    serverPid: child.pid,
    scratch: makeScratch(closings),
    open: async ({ rate } = {}) => {
      const line = new SocketLine(new WebSocket(`ws://127.0.0.1:${port}`), rate);
      await firstPrompt(line);
      return line;
    },
  };
}

export function openBarePeer(closings: DisposalStack): Peer {
  return {
    name: 'bare node-pty',
    serverPid: undefined,
    scratch: makeScratch(closings),
    open: async ({ rate } = {}) => {
      const line = new PtyLine(rate);
      closings.add('bare shell', () => line.close());
      await firstPrompt(line);
      return line;
    },
  };
}

class SocketLine implements Line {
  onOutput: ((data: Uint8Array) => void) | undefined;
  readonly #socket: WebSocket;
  readonly #parser: PacedParser;

  constructor(socket: WebSocket, rate: number | undefined) {
    this.#socket = socket;
    this.#parser = new PacedParser(rate, (data) => this.onOutput?.(data));
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#parser.add(data);
    });
  }

  type(text: string): void {
    this.#socket.send(text);
  }

  /** The protocol has no acknowledgement: a stalled page is a socket that nobody reads. */
  stall(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#parser.stop();
    this.#socket.terminate();
  }
}

class PtyLine implements Line {
  onOutput: ((data: Uint8Array) => void) | undefined;
  readonly #pty;
  readonly #parser: PacedParser;

  constructor(rate: number | undefined) {
    const { file, args, environment, size } = hostShell;
    this.#parser = new PacedParser(rate, (data) => this.onOutput?.(data));
    this.#pty = spawn(file, [...args], {
      ...size,
      name: environment.TERM,
      env: { ...environment },
      encoding: null,
    });
    this.#pty.onData((data: string | Uint8Array) => {
      this.#parser.add(typeof data === 'string' ? Buffer.from(data) : data);
    });
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  stall(): void {
    this.#pty.pause();
  }

  close(): void {
    this.#parser.stop();
    this.#pty.kill('SIGKILL');
  }
}
