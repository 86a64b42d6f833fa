// One terminal being recorded into a file, until it is stopped or the file is as long as it may be. Each event
// is written at once, so that an end of link loses none, and the link after it goes on. Knows no lab.
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import type { RecordingEnd } from '../../protocol/browser-messages.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { EventLines, headerLine, markerLine, resizeLine } from './cast.ts';
import { readProgress } from './cast-progress.ts';
import { RecordedLooks } from './recorded-looks.ts';

/** Part of the file that looks at the lab may take. */
const SHARE_OF_LOOKS = 0.5;

export type RecorderOptions = {
  path: string;
  /** Most bytes of the file. */
  limit: number;
  /** After each write: all that it was told is in the first `bytes` of the file; undefined at its end. */
  noted(bytes: number | undefined): void;
  /** Called once, also when it ends by itself. */
  ended(why: RecordingEnd): void;
};

type Place = {
  /** The file, to be written at its end. */
  fd: number;
  bytes: number;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds of it that are over. */
  elapsed: number;
  size: TerminalSize;
  /** Bytes of it that are looks at the lab. */
  looked: number;
};

export class Recorder {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly #began: number;
  readonly #options: RecorderOptions;
  readonly #events = new EventLines();
  readonly #looks: RecordedLooks;
  readonly #fd: number;
  #size: TerminalSize;
  #bytes: number;
  #isOver = false;

  private constructor(options: RecorderOptions, place: Place) {
    this.#options = options;
    this.startedAt = place.startedAt;
    this.#began = performance.now() - place.elapsed;
    const left = Math.floor(options.limit * SHARE_OF_LOOKS) - place.looked;
    this.#looks = new RecordedLooks(Math.max(0, left));
    this.#fd = place.fd;
    this.#size = place.size;
    this.#bytes = place.bytes;
  }

  /** Begins the file anew. Throws what the file system says, and leaves an earlier one as it was then. */
  static begin(options: RecorderOptions, size: TerminalSize): Recorder {
    const startedAt = Date.now();
    const begun = `${options.path}.new`;
    const fd = openSync(begun, 'w', 0o600);
    const header = Buffer.from(headerLine(size, startedAt));
    try {
      writeAll(fd, header);
      renameSync(begun, options.path);
    } catch (cause) {
      closeSync(fd);
      rmSync(begun, { force: true });
      throw cause;
    }
    options.noted(header.length);
    return new Recorder(options, {
      fd,
      bytes: header.length,
      startedAt,
      elapsed: 0,
      size,
      looked: 0,
    });
  }

  /** Goes on after the first `bytes` of the file; undefined when that is no recording, or cannot be written. `cut`: the
   * beginning of a character that is not in it yet. */
  static goOn(
    options: RecorderOptions,
    { bytes, cut }: { bytes: number; cut: Uint8Array },
  ): Recorder | undefined {
    try {
      const progress = readProgress(readFileSync(options.path).subarray(0, bytes));
      if (progress === undefined || progress.bytes !== bytes) return undefined;
      // What was written and not noted any more is told once more.
      truncateSync(options.path, bytes);
      // A clock that was set back must not let time go back.
      const elapsed = Math.max(progress.last, Date.now() - progress.startedAt);
      const fd = openSync(options.path, 'a');
      const recorder = new Recorder(options, { ...progress, fd, elapsed });
      recorder.#events.output(elapsed, cut);
      return recorder;
    } catch {
      return undefined;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  output(chunk: Uint8Array): void {
    this.#write(this.#events.output(this.#at(), chunk));
  }

  resize(size: TerminalSize): void {
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return;
    this.#size = size;
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

  /** Lets go of the file, which whoever comes next goes on with. */
  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    closeSync(this.#fd);
  }

  #at(): number {
    return performance.now() - this.#began;
  }

  /** A line that does not fit as a whole ends the recording: half of one would be no asciicast. */
  #write(line: string): void {
    if (this.#isOver) return;
    const data = Buffer.from(line);
    if (this.#bytes + data.length > this.#options.limit) {
      this.#finish('full');
      return;
    }
    try {
      writeAll(this.#fd, data);
      this.#bytes += data.length;
      this.#options.noted(this.#bytes);
    } catch {
      this.#finish('failed');
    }
  }

  #finish(why: RecordingEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    closeSync(this.#fd);
    this.#options.noted(undefined);
    this.#options.ended(why);
  }
}

function writeAll(fd: number, data: Uint8Array): void {
  for (let at = 0; at < data.length;) at += writeSync(fd, data, at);
}
