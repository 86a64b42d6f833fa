// The door through which link asks: a Unix stream socket of JSON lines and beside it a channel for file
// descriptors, both only for link's user. One link at a time; a new one takes the place of the old. [L8]
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { socketNames } from '../foundation/child-setup.ts';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import { readJsonLines, writeJsonLine } from '../foundation/json-lines.ts';
import type { Log } from '../foundation/log.ts';
import {
  acceptDescriptorChannel,
  listenForDescriptorChannels,
  peerOf,
  sendDescriptor,
} from '../kernel/descriptor-passing.ts';
import { closeDescriptor } from '../kernel/libc.ts';
import {
  keeperRequestSchema,
  type KeeperMessage,
  type KeeperRequest,
} from '../protocol/keeper-verbs.ts';

type Failure = Extract<KeeperMessage, { type: 'failure' }>;
const failureCodes = new Set<string>(['no-such-lab', 'no-such-terminal', 'limit', 'busy']);

export type LinkDoorOptions = {
  runDir: string;
  /** Only this user may connect. */
  user: number;
  log: Log;
  perform: (request: KeeperRequest, door: LinkDoor) => Promise<unknown>;
};

export class LinkDoor {
  readonly #options: LinkDoorOptions;
  readonly #server: Server;
  readonly #listener: number;
  #link: Socket | undefined;
  #channel: number | undefined;
  #descriptors = 0;

  constructor(options: LinkDoorOptions) {
    this.#options = options;
    const descriptors = join(options.runDir, socketNames.keeperDescriptors);
    rmSync(descriptors, { force: true });
    this.#listener = listenForDescriptorChannels(descriptors);
    restrict(descriptors, options.user);
    this.#server = createServer((socket) => this.#handleConnection(socket));
  }

  async listen(): Promise<void> {
    const path = join(this.#options.runDir, socketNames.keeper);
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    restrict(path, this.#options.user);
  }

  close(): void {
    this.#server.close();
    this.#link?.destroy();
    if (this.#channel !== undefined) closeDescriptor(this.#channel);
    closeDescriptor(this.#listener);
    for (const name of [socketNames.keeper, socketNames.keeperDescriptors]) {
      rmSync(join(this.#options.runDir, name), { force: true });
    }
  }

  /** Sends a copy of `fd` to link; returns its number, for the answer. */
  sendDescriptor(fd: number): number {
    if (this.#channel === undefined) throw new Error('link has no descriptor channel');
    this.#descriptors += 1;
    sendDescriptor(this.#channel, this.#descriptors, fd);
    return this.#descriptors;
  }

  sendEvent(event: KeeperMessage): void {
    if (this.#link !== undefined) writeJsonLine(this.#link, event);
  }

  #handleConnection(socket: Socket): void {
    const { log } = this.#options;
    this.#link?.destroy();
    this.#link = socket;
    socket.on('error', (error) => log.warn({ error: error.message }, 'link connection failed'));
    socket.on('close', () => {
      if (this.#link === socket) this.#link = undefined;
    });
    readJsonLines(socket, (value) => {
      const parsed = keeperRequestSchema.safeParse(value);
      if (!parsed.success) {
        socket.destroy(new Error(`a request does not fit: ${parsed.error.message}`));
        return;
      }
      this.#answer(socket, parsed.data).catch((error: unknown) =>
        socket.destroy(new Error(messageOf(error))),
      );
    });
  }

  async #answer(socket: Socket, request: KeeperRequest): Promise<void> {
    try {
      if (request.verb === 'greet') this.#acceptChannel();
      const value = await this.#options.perform(request, this);
      writeJsonLine(socket, { type: 'result', id: request.id, value } satisfies KeeperMessage);
    } catch (error) {
      this.#options.log.warn({ verb: request.verb, error: messageOf(error) }, 'a verb failed');
      writeJsonLine(socket, failureOf(request.id, error));
    }
  }

  /** link connects its channel before it greets, so the newest waiting connection is its own. */
  #acceptChannel(): void {
    for (let next = acceptDescriptorChannel(this.#listener); next !== undefined;) {
      if (peerOf(next).user === this.#options.user) {
        if (this.#channel !== undefined) closeDescriptor(this.#channel);
        this.#channel = next;
      } else closeDescriptor(next);
      next = acceptDescriptorChannel(this.#listener);
    }
  }
}

function failureOf(id: number, error: unknown): Failure {
  const code = error instanceof ExplainedError && isFailureCode(error.code) ? error.code : 'failed';
  return { type: 'failure', id, code, sentence: messageOf(error) };
}

function isFailureCode(code: string): code is Failure['code'] {
  return failureCodes.has(code);
}

function restrict(path: string, user: number): void {
  chownSync(path, user, user);
  chmodSync(path, 0o600);
}
