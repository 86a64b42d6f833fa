// Copies of the PTY masters of all terminals, kept for the keeper after this one: a terminal is hung up when nobody holds
// its master, and link and keeper may be killed together. What systemd calls a file descriptor store. Reads and writes
// no terminal.
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  masterMessageSchema,
  socketNames,
  type MasterMessage,
  type Setup,
  type TerminalPlace,
} from '../foundation/child-setup.ts';
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import {
  acceptDescriptorChannel,
  listenForDescriptorChannels,
  peerOf,
  receiveDescriptor,
} from '../kernel/descriptor-passing.ts';
import { closeDescriptor } from '../kernel/libc.ts';

type Held = TerminalPlace & { fd: number };

export class MasterStore {
  readonly #path: string;
  readonly #listener: number;
  readonly #log: Log;
  readonly #held = new Map<string, Held>();
  #channel: number | undefined;

  constructor(runDir: string, log: Log) {
    this.#log = log;
    this.#path = join(runDir, socketNames.masters);
    rmSync(this.#path, { force: true });
    this.#listener = listenForDescriptorChannels(this.#path);
    chmodSync(this.#path, 0o600);
  }

  /** What is held, as a child sees it that is born with `descriptors()` from `first` on. */
  list(first: number): NonNullable<Setup['masters']> {
    return [...this.#held.values()].map(({ lab, terminal }, at) => ({
      lab,
      terminal,
      fd: first + at,
    }));
  }

  descriptors(): number[] {
    return [...this.#held.values()].map(({ fd }) => fd);
  }

  /** A message of keeper. */
  handle(message: unknown): void {
    const parsed = masterMessageSchema.safeParse(message);
    if (!parsed.success) return;
    try {
      if (parsed.data.type === 'hold-master') this.#hold(parsed.data);
      else this.#release(parsed.data);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'a terminal would not outlive keeper and link');
    }
  }

  close(): void {
    for (const held of this.#held.values()) closeDescriptor(held.fd);
    this.#held.clear();
    if (this.#channel !== undefined) closeDescriptor(this.#channel);
    closeDescriptor(this.#listener);
    rmSync(this.#path, { force: true });
  }

  /** keeper connects before it says so: the newest connection is its own. */
  #hold({ lab, terminal, descriptor }: Extract<MasterMessage, { type: 'hold-master' }>): void {
    for (let next = acceptDescriptorChannel(this.#listener); next !== undefined;) {
      if (this.#channel !== undefined) closeDescriptor(this.#channel);
      this.#channel = next;
      next = acceptDescriptorChannel(this.#listener);
    }
    if (this.#channel === undefined || peerOf(this.#channel).user !== process.getuid?.()) {
      throw new Error('keeper has no descriptor channel');
    }
    const received = receiveDescriptor(this.#channel);
    if (received.descriptor !== descriptor) {
      closeDescriptor(received.fd);
      throw new Error(`keeper sent descriptor ${received.descriptor} and named ${descriptor}`);
    }
    this.#release({ lab, terminal });
    this.#held.set(keyOf({ lab, terminal }), { lab, terminal, fd: received.fd });
  }

  #release(place: TerminalPlace): void {
    const held = this.#held.get(keyOf(place));
    if (held === undefined) return;
    this.#held.delete(keyOf(place));
    closeDescriptor(held.fd);
  }
}

function keyOf({ lab, terminal }: TerminalPlace): string {
  return `${lab}/${terminal}`;
}
