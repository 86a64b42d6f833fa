// The second connection to keeper, on which PTY masters travel as file descriptors. Knows no verb.
import { connectDescriptorChannel, receiveDescriptor } from '../kernel/descriptor-passing.ts';
import { closeDescriptor } from '../kernel/libc.ts';

export class MasterChannel {
  readonly #channel: number;
  /** Descriptors that arrived before somebody asked for them, by their number. */
  readonly #early = new Map<number, number>();

  /** Connects to keeper's descriptor socket at `path`. Throws SyscallError. */
  constructor(path: string) {
    this.#channel = connectDescriptorChannel(path);
  }

  /** The file descriptor that keeper numbered `descriptor`, which it sent before it said so. Throws. */
  take(descriptor: number): number {
    const early = this.#early.get(descriptor);
    if (early !== undefined) {
      this.#early.delete(descriptor);
      return early;
    }
    for (;;) {
      const received = receiveDescriptor(this.#channel);
      if (received.descriptor === descriptor) return received.fd;
      this.#early.set(received.descriptor, received.fd);
    }
  }

  close(): void {
    for (const fd of this.#early.values()) closeDescriptor(fd);
    this.#early.clear();
    closeDescriptor(this.#channel);
  }
}
