// Which terminals one page sees, and from where: attaching, acknowledging, and the end, told once all before it
// has been sent. Knows no role and no keyboard.
import type { ServerMessage } from '../protocol/browser-messages.ts';
import type { Attachment, ExitStatus, Terminal } from './terminal.ts';

export type ViewsOptions = {
  /** The page's instance, whose typed bytes are counted. */
  client: string;
  send(message: ServerMessage): void;
  /** A whole WebSocket message. */
  sendMessage(message: Uint8Array): void;
  bufferedBytes(): number;
  /** Whether the terminal waits for this page when it is behind. */
  setsPace(): boolean;
};

export class TerminalViews {
  readonly #options: ViewsOptions;
  readonly #attachments = new Map<Terminal, Attachment>();
  /** Of those that wait for the page: what it had been sent of each of the others by then. Weak, as a page may live for
   * long, and a terminal that is forgotten may hold its ring. */
  readonly #sentBefore = new WeakMap<Terminal, WeakMap<Terminal, number>>();

  constructor(options: ViewsOptions) {
    this.#options = options;
  }

  /** Shows the stream from `offset` on, or from where it can go on for such a page. The latest one counts. */
  open(terminal: Terminal, { offset, request }: { offset: number; request: number }): void {
    const before = this.#attachments.get(terminal);
    if (before !== undefined) terminal.detach(before);
    const from = this.#tellAttached(terminal, offset, request);
    const options = this.#options;
    if (terminal.stopKey.isStop) {
      options.send({ type: 'flow', terminal: terminal.id, stop: true, end: terminal.end });
    }
    const attachment: Attachment = terminal.attach(
      from,
      {
        sendMessage: (message) => options.sendMessage(message),
        bufferedBytes: () => options.bufferedBytes(),
        skipped: (sent) => this.#tellAttached(terminal, sent),
        spent: () => this.#sentBefore.set(terminal, this.#sentOfAll()),
        caughtUp: () => this.tellExit(terminal),
      },
      () => options.setsPace(),
    );
    this.#attachments.set(terminal, attachment);
    attachment.watcher.poke();
    this.tellExit(terminal);
  }

  /** A terminal that has just been closed may still be acknowledged. */
  acknowledge(terminal: Terminal | undefined, offset: number): void {
    const attachment = terminal && this.#attachments.get(terminal);
    if (terminal === undefined || attachment === undefined) return;
    terminal.acknowledge(attachment, offset);
    for (const [other, { watcher }] of this.#attachments) {
      const before = this.#sentBefore.get(other)?.get(terminal) ?? 0;
      // All goes over one line, in order: what was sent after this is still to come.
      if (!watcher.isSpent || offset <= before) watcher.noteAlive();
      // The socket has room again for it too.
      watcher.poke();
    }
  }

  #sentOfAll(): WeakMap<Terminal, number> {
    return new WeakMap(
      [...this.#attachments].map(([terminal, { watcher }]) => [terminal, watcher.sent]),
    );
  }

  /** Says that the terminal has ended, once the page was sent all that came before. */
  tellExit(terminal: Terminal): void {
    if (terminal.exit === undefined) return;
    const attachment = this.#attachments.get(terminal);
    if (attachment === undefined || attachment.watcher.sent === terminal.end) {
      this.#tellExit(terminal, terminal.exit);
    }
  }

  /** It is about to be forgotten: says that it has ended, whatever was sent. Nothing while it lives. */
  tellExitNow(terminal: Terminal): void {
    if (terminal.exit === undefined) return;
    this.#close(terminal);
    this.#tellExit(terminal, terminal.exit);
  }

  /** It is being forgotten: a page that has not been sent all is told the end nevertheless. */
  forget(terminal: Terminal): void {
    const attachment = this.#attachments.get(terminal);
    if (attachment === undefined) return;
    if (attachment.watcher.sent < terminal.end) this.tellExitNow(terminal);
    else this.#close(terminal);
  }

  close(): void {
    for (const [terminal, attachment] of this.#attachments) terminal.detach(attachment);
    this.#attachments.clear();
  }

  #close(terminal: Terminal): void {
    const attachment = this.#attachments.get(terminal);
    if (attachment !== undefined) terminal.detach(attachment);
    this.#attachments.delete(terminal);
  }

  #tellExit({ id, end }: Terminal, exit: ExitStatus): void {
    this.#options.send({ type: 'exit', terminal: id, ...exit, end });
  }

  /** Says from where the page is sent output that has it up to `offset`, and returns that place. */
  #tellAttached(terminal: Terminal, offset: number, request?: number): number {
    const { tornAt } = terminal;
    const restart = terminal.restart(offset);
    const { client } = this.#options;
    const uncertainFrom = terminal.input.uncertainFrom(client);
    this.#options.send({
      type: 'attached',
      terminal: terminal.id,
      ...(request === undefined ? {} : { request }),
      ...restart,
      end: terminal.end,
      inputOffset: terminal.input.count(client).taken,
      size: terminal.size,
      ...(tornAt !== undefined && restart.from <= tornAt ? { torn: tornAt } : {}),
      ...(uncertainFrom === undefined ? {} : { uncertainFrom }),
    });
    return restart.from;
  }
}
