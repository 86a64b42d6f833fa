// Gives main a copy of each terminal's master, so that terminals outlive a keeper and a link that are killed together.
// Knows no lab.
import { join } from 'node:path';
import { socketNames, type MasterMessage, type TerminalPlace } from '../foundation/child-setup.ts';
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { connectDescriptorChannel, sendDescriptor } from '../kernel/descriptor-passing.ts';
import { closeDescriptor } from '../kernel/libc.ts';

export class MasterDeposit {
  readonly #channel: number;
  readonly #log: Log;
  #sent = 0;

  /** Connects to main. Throws SyscallError. */
  constructor(runDir: string, log: Log) {
    this.#channel = connectDescriptorChannel(join(runDir, socketNames.masters));
    this.#log = log;
  }

  /** A terminal that cannot be kept is a terminal all the same. */
  hold(place: TerminalPlace, master: number): void {
    try {
      sendDescriptor(this.#channel, this.#sent + 1, master);
      this.#sent += 1;
      tell({ type: 'hold-master', ...place, descriptor: this.#sent });
    } catch (error) {
      this.#log.warn({ ...place, reason: messageOf(error) }, 'a terminal is not kept by main');
    }
  }

  release({ lab, terminal }: TerminalPlace): void {
    tell({ type: 'release-master', lab, terminal });
  }

  close(): void {
    closeDescriptor(this.#channel);
  }
}

function tell(message: MasterMessage): void {
  if (process.connected) process.send?.(message);
}
