// The screen of one terminal as of a while ago, kept for pages that lack more than the ring holds: it follows the
// stream when the ring is about to forget what it has not seen, and not before. Knows no page and no emulator.
import { RING_BYTES } from '../../protocol/flow-control.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import {
  SCREEN_BEHIND_BYTES,
  SCREEN_BRAKE_BYTES,
  SCREEN_PATIENCE_MS,
  SCREEN_STARTS_WITHIN_MS,
  SCREEN_STEP_BYTES,
} from '../limits.ts';
import type { Ring } from '../ring.ts';
import { readScreen, type KeptScreen } from './screen-file.ts';
import type { ScreenOutcome, ScreenWorker } from './screen-worker.ts';

/** Where a terminal's stream and its screen are kept, and who draws it. */
export type ScreenPlace = { stream: string; screen: string; worker: ScreenWorker };

export type StreamScreenOptions = {
  place: ScreenPlace;
  ring: Ring;
  size: TerminalSize;
  /** Where a link before this one may have left out bytes. */
  tornAt: number | undefined;
  /** Whether the stream must wait may have changed. */
  changed: () => void;
};

export class StreamScreen {
  readonly #options: StreamScreenOptions;
  /** What the screen has seen, as an offset of the stream. */
  #seen: number;
  #sizes: { at: number; size: TerminalSize }[];
  /** performance.now() until which the stream waits for a step that is under way. */
  #waitsUntil: number | undefined;
  #patience: NodeJS.Timeout | undefined;
  /** The bytes between what was seen and what can be seen are lost to it. */
  #isExact = true;
  #isHopeless = false;
  #hasStepped = false;

  constructor(options: StreamScreenOptions) {
    this.#options = options;
    const { ring, place, size } = options;
    const kept = readScreen(place.screen)?.offset;
    this.#seen = kept !== undefined && kept <= ring.end ? kept : ring.start;
    this.#sizes = [{ at: this.#seen, size }];
  }

  /** The latest screen from which the ring can go on. */
  find(): KeptScreen | undefined {
    const { ring, place } = this.#options;
    const screen = readScreen(place.screen);
    return screen !== undefined && ring.holds(screen.offset) ? screen : undefined;
  }

  /** Whether bytes would be lost to the screen if more came now, and the screen may still catch up. */
  get needsTime(): boolean {
    return (
      this.#waitsUntil !== undefined &&
      this.#behind >= SCREEN_BRAKE_BYTES &&
      performance.now() < this.#waitsUntil
    );
  }

  noteSize(size: TerminalSize): void {
    const { end } = this.#options.ring;
    if (this.#sizes.at(-1)?.at === end) this.#sizes.pop();
    this.#sizes.push({ at: end, size });
  }

  /** To be called after new output. */
  follow(): void {
    if (this.#behind >= SCREEN_BEHIND_BYTES) this.#step();
  }

  close(): void {
    clearTimeout(this.#patience);
    this.#isHopeless = true;
  }

  get #behind(): number {
    return this.#options.ring.end - this.#seen;
  }

  #step(): void {
    if (this.#waitsUntil !== undefined || this.#isHopeless) return;
    const { ring, place, tornAt } = this.#options;
    // On a full disk: a smaller ring forgets before this looks.
    if (ring.capacity < RING_BYTES) return;
    // What was missed is missed: then not where the ring forgets next.
    const from = this.#seen < ring.oldest ? ring.end - SCREEN_STEP_BYTES / 2 : this.#seen;
    const to = Math.min(from + SCREEN_STEP_BYTES, ring.end);
    if (from !== this.#seen || (tornAt !== undefined && tornAt >= from && tornAt < to)) {
      this.#isExact = false;
    }
    const patience = SCREEN_PATIENCE_MS + (this.#hasStepped ? 0 : SCREEN_STARTS_WITHIN_MS);
    this.#waitsUntil = performance.now() + patience;
    this.#patience = setTimeout(() => this.#options.changed(), patience + 1);
    place.worker.ask(
      {
        stream: place.stream,
        screen: place.screen,
        start: ring.start,
        capacity: ring.capacity,
        from,
        to,
        sizes: this.#sizes.filter(({ at }, index) => index === 0 || at <= to),
        isExact: this.#isExact,
      },
      (outcome) => this.#handleOutcome(outcome),
    );
  }

  #handleOutcome(outcome: ScreenOutcome): void {
    clearTimeout(this.#patience);
    this.#waitsUntil = undefined;
    this.#hasStepped = true;
    if (this.#isHopeless) return;
    // What ended the process once would end it again.
    if (outcome === 'failed') this.#isHopeless = true;
    if (typeof outcome === 'number') this.#handleSeen(outcome);
    this.#options.changed();
    this.follow();
  }

  #handleSeen(offset: number): void {
    this.#seen = offset;
    // From here on an emulator knows by itself what it has missed.
    this.#isExact = true;
    const latest = this.#sizes.findLastIndex(({ at }) => at <= offset);
    this.#sizes = this.#sizes.slice(Math.max(0, latest));
  }
}
