// The screen of one terminal as of a while ago, kept for pages that lack more than the ring holds: it follows the
// stream when the ring is about to forget what a screen would show, and not before. Knows no page and no emulator.
import type { TerminalSize } from '../../protocol/ids.ts';
import { RING_BYTES } from '../../protocol/flow-control.ts';
import {
  SCREEN_BEHIND_BYTES,
  SCREEN_BRAKE_BYTES,
  SCREEN_KEPT_WITHIN_MS,
  SCREEN_LINES,
  SCREEN_PATIENCE_MS,
  SCREEN_STARTS_WITHIN_MS,
  SCREEN_STEP_BYTES,
  SCREEN_TAIL_BYTES,
} from '../limits.ts';
import type { Ring } from '../ring.ts';
import { findFreshLine, hasControls } from './plain-flood.ts';
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
  #scrollsWhole: boolean;
  /** Where the first bytes after it are that are not plain text; and the end of the latest of these. */
  #control: number | undefined;
  #latestControl: number;
  #sizes: { at: number; size: TerminalSize }[];
  /** performance.now() until which the stream waits for a step that is under way. */
  #waitsUntil: number | undefined;
  #patience: NodeJS.Timeout | undefined;
  #keeping: NodeJS.Timeout | undefined;
  /** False when bytes after what was seen are lost to it. */
  #isExact = true;
  #isHopeless = false;
  #hasStepped = false;

  constructor(options: StreamScreenOptions) {
    this.#options = options;
    const { ring, place, size } = options;
    const kept = readScreen(place.screen);
    const isOurs = kept !== undefined && kept.offset <= ring.end;
    this.#seen = isOurs ? kept.offset : ring.start;
    this.#scrollsWhole = !isOurs || kept.scrollsWhole;
    this.#sizes = [{ at: this.#seen, size }];
    // What a link before this one read in between is not known.
    this.#latestControl = ring.end;
    this.#control = this.#seen < ring.end ? this.#seen : undefined;
  }

  /** A screen from which the ring can go on. */
  find(): KeptScreen | undefined {
    const { ring } = this.#options;
    const screen = this.#kept();
    if (screen === undefined || ring.holds(screen.offset)) return screen;
    // All that the ring has forgotten since is plain text that has scrolled away: a new line below will do.
    const until = Math.min(this.#control ?? ring.end, ring.oldest + SCREEN_TAIL_BYTES);
    if (!this.#scrollsWhole || screen.offset !== this.#seen || until <= ring.oldest)
      return undefined;
    const text = Buffer.alloc(until - ring.oldest);
    ring.copy(ring.oldest, text.length, text);
    const fresh = findFreshLine(text, screen.size.rows + SCREEN_LINES);
    if (fresh === undefined) return undefined;
    return { ...screen, offset: ring.oldest + fresh, text: `${screen.text}\r\n` };
  }

  /** Whether bytes would be lost to the screen if more came now, and the screen may still catch up. */
  get needsTime(): boolean {
    return (
      this.#waitsUntil !== undefined &&
      this.#behind() >= SCREEN_BRAKE_BYTES &&
      performance.now() < this.#waitsUntil
    );
  }

  noteSize(size: TerminalSize): void {
    const { end } = this.#options.ring;
    if (this.#sizes.at(-1)?.at === end) this.#sizes.pop();
    this.#sizes.push({ at: end, size });
  }

  /** To be called after new output. */
  follow(chunk: Uint8Array): void {
    const { ring } = this.#options;
    if (hasControls(chunk)) {
      this.#control ??= ring.end - chunk.length;
      this.#latestControl = ring.end;
    }
    if (this.#behind() >= SCREEN_BEHIND_BYTES) this.#step();
    else if (this.#seen < ring.oldest) {
      // A link that is killed forgets what was plain text.
      this.#keeping ??= setTimeout(() => this.#step(), SCREEN_KEPT_WITHIN_MS);
    }
  }

  close(): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#keeping);
    this.#isHopeless = true;
  }

  /** Where an emulator must go on reading: the end of a run of plain text is enough. */
  #wanted(): number {
    if (!this.#scrollsWhole) return this.#seen;
    const runEnd = this.#control ?? this.#options.ring.end;
    return Math.max(this.#seen, runEnd - SCREEN_TAIL_BYTES);
  }

  /** Bytes of the ring that an emulator must still read. */
  #behind(): number {
    if (this.#control === undefined && this.#scrollsWhole) return 0;
    return this.#options.ring.end - this.#wanted();
  }

  #kept(): KeptScreen | undefined {
    const { ring, place } = this.#options;
    const kept = readScreen(place.screen);
    const size = this.#sizes[0]?.size;
    if (kept !== undefined || this.#hasStepped || this.#seen !== ring.start) return kept;
    // Nothing was printed yet.
    return size && { offset: ring.start, size, text: '', isExact: true, scrollsWhole: true };
  }

  #step(): void {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    if (this.#waitsUntil !== undefined || this.#isHopeless) return;
    const { ring, place, tornAt } = this.#options;
    // On a full disk: a smaller ring forgets before this looks.
    if (ring.capacity < RING_BYTES) return;
    // What was missed is missed: then not where the ring forgets next.
    const isLost = this.#wanted() < ring.oldest;
    const from = isLost ? ring.end - SCREEN_TAIL_BYTES : this.#wanted();
    const to = Math.min(from + SCREEN_STEP_BYTES, ring.end);
    if (isLost || (tornAt !== undefined && tornAt >= this.#seen && tornAt < to)) {
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
        seen: this.#seen,
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
    // What failed or ended the process once would do so again.
    if (outcome === 'failed') this.#isHopeless = true;
    if (typeof outcome === 'object') this.#handleSeen(outcome);
    this.#options.changed();
    if (this.#behind() >= SCREEN_BEHIND_BYTES) this.#step();
  }

  #handleSeen({ offset, scrollsWhole }: Extract<ScreenOutcome, object>): void {
    this.#seen = offset;
    this.#scrollsWhole = scrollsWhole;
    this.#control = this.#latestControl <= offset ? undefined : offset;
    // From here on an emulator knows by itself what it has missed.
    this.#isExact = true;
    const latest = this.#sizes.findLastIndex(({ at }) => at <= offset);
    this.#sizes = this.#sizes.slice(Math.max(0, latest));
  }
}
