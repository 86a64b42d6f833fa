// What an emulator's state holds beyond its cells: modes, the scroll region, whether the cursor shows and how, how the
// mouse is reported, line drawing. Read and heard through the emulator's public interface.
import type { Terminal } from '@xterm/headless';

/** Private modes (DECSET) that the emulator does not tell: how the mouse is encoded, where the latest counts and none
 * is the default, and whether the cursor shows, as it does unless told. */
const encodings = new Set([1006, 1016]);
const CURSOR = 25;
/** Designations of a character set: of G0 and G1, ASCII, line drawing or British (VT220). */
const sets = ['(', ')'] as const;
const designations = ['0', 'A', 'B'] as const;

/** By the emulator's names. */
const trackings = { x10: '?9', vt200: '?1000', drag: '?1002', any: '?1003' } as const;

type Region = { top: number; bottom: number };
type BufferName = 'normal' | 'alternate';

export class HiddenState {
  readonly #terminal: Terminal;
  readonly #sets = new Map<string, string>();
  readonly #regions = new Map<BufferName, Region>();
  #encoding: number | undefined;
  #cursorHidden = false;
  #cursorStyle = 0;

  /** `reset` is called when everything begins anew (RIS). */
  constructor(terminal: Terminal, reset: () => void) {
    this.#terminal = terminal;
    const { parser } = terminal;
    // The alternate buffer begins anew each time.
    terminal.buffer.onBufferChange(() => this.#regions.delete('alternate'));
    const heed = (act: () => void) => () => {
      act();
      return false;
    };
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => this.#setModes(modes, true));
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, (modes) => this.#setModes(modes, false));
    parser.registerCsiHandler({ final: 'r' }, ([top, bottom]) => this.#setRegion(top, bottom));
    parser.registerCsiHandler({ intermediates: ' ', final: 'q' }, ([style]) => {
      this.#cursorStyle = typeof style === 'number' ? style : 0;
      return false;
    });
    parser.registerCsiHandler(
      { intermediates: '!', final: 'p' },
      heed(() => this.#forget()),
    );
    parser.registerEscHandler(
      { final: 'c' },
      heed(() => {
        this.#forget();
        reset();
      }),
    );
    for (const set of sets) {
      for (const final of designations) {
        parser.registerEscHandler(
          { intermediates: set, final },
          heed(() => this.#sets.set(set, final)),
        );
      }
    }
  }

  /** Whether lines scroll in a part of the screen only. */
  get hasRegion(): boolean {
    return this.#regions.has(this.#terminal.buffer.active.type);
  }

  /** A resize makes the whole screen scroll. */
  handleResize(): void {
    this.#regions.clear();
  }

  /** To be printed after the cells, with the cursor where it is to be and in its colours: it stays there. */
  serialize(): string {
    // Several of these put the cursor elsewhere (DECSC and DECRC bring it back).
    const region = this.serializeRegion(this.#terminal.buffer.active.type);
    let text = `\x1b7${region}${this.#serializeModes()}\x1b8`;
    for (const [set, final] of this.#sets) if (final !== 'B') text += `\x1b${set}${final}`;
    if (this.#encoding !== undefined) text += `\x1b[?${this.#encoding}h`;
    if (this.#cursorStyle > 0) text += `\x1b[${this.#cursorStyle} q`;
    if (this.#cursorHidden) text += `\x1b[?${CURSOR}l`;
    return text;
  }

  /** Of one of the buffers, while that is the active one. Puts the cursor elsewhere. */
  serializeRegion(buffer: BufferName): string {
    const region = this.#regions.get(buffer);
    return region === undefined ? '' : `\x1b[${region.top};${region.bottom}r`;
  }

  #serializeModes(): string {
    const { modes } = this.#terminal;
    const on = [
      modes.applicationCursorKeysMode && '?1',
      modes.applicationKeypadMode && '?66',
      modes.bracketedPasteMode && '?2004',
      modes.insertMode && '4',
      modes.originMode && '?6',
      modes.reverseWraparoundMode && '?45',
      modes.sendFocusMode && '?1004',
      modes.mouseTrackingMode !== 'none' && trackings[modes.mouseTrackingMode],
    ];
    const text = on.map((mode) => (mode === false ? '' : `\x1b[${mode}h`)).join('');
    return modes.wraparoundMode ? text : `${text}\x1b[?7l`;
  }

  #setModes(modes: (number | number[])[], on: boolean): boolean {
    for (const mode of modes) {
      if (mode === CURSOR) this.#cursorHidden = !on;
      if (typeof mode === 'number' && encodings.has(mode)) {
        this.#encoding = on ? mode : undefined;
      }
    }
    return false;
  }

  #setRegion(first: number | number[] | undefined, last: number | number[] | undefined): boolean {
    const { rows } = this.#terminal;
    const top = typeof first === 'number' && first > 0 ? first : 1;
    const given = typeof last === 'number' && last > 0 ? last : rows;
    const bottom = Math.min(given, rows);
    // As in xterm.js, which leaves an impossible one alone.
    if (bottom <= top) return false;
    const buffer = this.#terminal.buffer.active.type;
    if (top === 1 && bottom === rows) this.#regions.delete(buffer);
    else this.#regions.set(buffer, { top, bottom });
    return false;
  }

  #forget(): void {
    this.#encoding = undefined;
    this.#sets.clear();
    this.#regions.clear();
    this.#cursorHidden = false;
    this.#cursorStyle = 0;
  }
}
