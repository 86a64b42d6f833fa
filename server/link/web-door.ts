// The Unix socket on which web hears what was earned, until it has stored it, and how full the lab host is.
// Knows no lab.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { readJsonLines, writeJsonLine } from '../foundation/json-lines.ts';
import type { Log } from '../foundation/log.ts';
import { webToLinkSchema, type LinkToWeb, type Earned } from '../protocol/peer-messages.ts';
import type { Occupancy } from './lab-registry.ts';
import type { Outbox } from './outbox.ts';

export type WebDoorOptions = {
  path: string;
  outbox: Outbox;
  occupancy(): Occupancy;
  log: Log;
};

export class WebDoor {
  readonly #options: WebDoorOptions;
  readonly #server: Server;
  readonly #webs = new Set<Socket>();
  #told = '';
  #turn: NodeJS.Immediate | undefined;

  constructor(options: WebDoorOptions) {
    this.#options = options;
    this.#server = createServer((web) => this.#handleWeb(web));
  }

  /** Rejects when the path cannot be listened on. Whoever reaches the directory may connect. */
  async listen(): Promise<void> {
    const { path } = this.#options;
    // Left behind by a link that was killed; main lets only one of us run.
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    chmodSync(path, 0o666);
  }

  announce(earned: Earned): void {
    this.#tell({ type: 'earned', earned });
  }

  /** Occupancy may have changed: told once per turn, when it has. */
  handleChange(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      const occupancy = this.#occupancy();
      const text = JSON.stringify(occupancy);
      if (text === this.#told) return;
      this.#told = text;
      this.#tell(occupancy);
    });
  }

  async close(): Promise<void> {
    clearImmediate(this.#turn);
    for (const web of this.#webs) web.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #handleWeb(web: Socket): void {
    this.#webs.add(web);
    web.on('close', () => this.#webs.delete(web));
    web.on('error', (error) => this.#options.log.debug({ reason: error.message }, 'web'));
    readJsonLines(web, (value) => {
      const message = webToLinkSchema.safeParse(value);
      if (message.success) this.#options.outbox.markStored(message.data.sequence);
      else web.destroy(new Error('web speaks another codec'));
    });
    for (const earned of this.#options.outbox.unstored)
      writeJsonLine(web, { type: 'earned', earned });
    writeJsonLine(web, this.#occupancy());
  }

  #occupancy(): LinkToWeb {
    return { type: 'occupancy', ...this.#options.occupancy() };
  }

  #tell(message: LinkToWeb): void {
    for (const web of this.#webs) writeJsonLine(web, message);
  }
}
