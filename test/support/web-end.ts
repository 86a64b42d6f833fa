// web's end of link's door, for tests: hears what was earned and how full the lab host is, and acknowledges.
import { connect, type Socket } from 'node:net';
import { readJsonLines, writeJsonLine } from '../../server/foundation/json-lines.ts';
import {
  linkToWebSchema,
  type Earned,
  type LinkToWeb,
} from '../../server/protocol/peer-messages.ts';

type Occupancy = Extract<LinkToWeb, { type: 'occupancy' }>;
const PATIENCE_MS = 10_000;

export class WebEnd {
  readonly earned: Earned[] = [];
  occupancy: Occupancy | undefined;
  readonly #socket: Socket;
  readonly #looks = new Set<() => void>();

  constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.on('error', () => undefined);
    readJsonLines(this.#socket, (value) => {
      const message = linkToWebSchema.parse(value);
      if (message.type === 'earned') this.earned.push(message.earned);
      else this.occupancy = message;
      for (const look of this.#looks) look();
    });
  }

  /** Everything up to here is stored. */
  store(sequence: number): void {
    writeJsonLine(this.#socket, { type: 'stored', sequence });
  }

  until(isTrue: (web: WebEnd) => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!isTrue(this)) return;
        this.#looks.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#looks.delete(look);
        reject(new Error(`link never said ${what}; last: ${JSON.stringify(this.occupancy)}`));
      }, PATIENCE_MS);
      this.#looks.add(look);
      look();
    });
  }

  ready(): Promise<void> {
    return this.until((web) => web.occupancy?.ready === true, 'that it is ready');
  }

  close(): void {
    this.#socket.destroy();
  }
}
