// One terminal being recorded into a file, until it is stopped or the file is as long as it may be. Each event
// is written at once, so that an end of link loses none. Knows no lab.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { RecordingEnd } from '../../protocol/browser-messages.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { EventLines, headerLine, markerLine, resizeLine } from './cast.ts';
import { RecordedLooks } from './recorded-looks.ts';

/** Part of the file that looks at the lab may take. */
const SHARE_OF_LOOKS = 0.5;

export type RecorderOptions = {
  path: string;
  size: TerminalSize;
  /** Most bytes of the file. */
  limit: number;
  /** Called once, also when it ends by itself. */
  ended(why: RecordingEnd): void;
};

export class Recorder {
  /** Milliseconds since the epoch. */
  readonly startedAt = Date.now();
  readonly #began = performance.now();
  readonly #options: RecorderOptions;
  readonly #events = new EventLines();
  readonly #looks: RecordedLooks;
  readonly #fd: number;
  #bytes: number;
  #isOver = false;

  /** Begins the file anew. Throws what the file system says. */
  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#looks = new RecordedLooks(Math.floor(options.limit * SHARE_OF_LOOKS));
    this.#fd = openSync(options.path, 'w', 0o600);
    const header = Buffer.from(headerLine(options.size, this.startedAt));
    try {
      writeAll(this.#fd, header);
    } catch (cause) {
      closeSync(this.#fd);
      throw cause;
    }
    this.#bytes = header.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  output(chunk: Uint8Array): void {
    this.#write(this.#events.output(this.#at(), chunk));
  }

  resize(size: TerminalSize): void {
    this.#write(resizeLine(this.#at(), size));
  }

  mark(label: string): void {
    this.#write(markerLine(this.#at(), label));
  }

  look(snapshot: Snapshot): void {
    this.#write(this.#looks.line(this.#at(), snapshot));
  }

  end(why: RecordingEnd): void {
    if (this.#isOver) return;
    this.#write(this.#events.rest(this.#at()));
    this.#finish(why);
  }

  #at(): number {
    return performance.now() - this.#began;
  }

  /** A line that does not fit as a whole ends the recording: half of one would be no asciicast. */
  #write(line: string): void {
    if (this.#isOver || line === '') return;
    const data = Buffer.from(line);
    if (this.#bytes + data.length > this.#options.limit) {
      this.#finish('full');
      return;
    }
    try {
      writeAll(this.#fd, data);
      this.#bytes += data.length;
    } catch {
      this.#finish('failed');
    }
  }

  #finish(why: RecordingEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    closeSync(this.#fd);
    this.#options.ended(why);
  }
}

function writeAll(fd: number, data: Uint8Array): void {
  for (let at = 0; at < data.length;) at += writeSync(fd, data, at);
}
