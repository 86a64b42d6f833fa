// What an emulator's state holds beyond its buffers: modes, how the cursor shows, how the mouse is reported, colours and
// a title of the program's own. Knows no cell.
import type { Terminal } from '@xterm/headless';
import type { ColourEvent, Core } from './emulator-core.ts';

/** By the emulator's names. */
const trackings = { x10: '?9', vt200: '?1000', drag: '?1002', any: '?1003' } as const;
const encodings = new Map([
  ['SGR', '?1006'],
  ['SGR_PIXELS', '?1016'],
]);
/** Of DECSCUSR: the blinking one; the steady one is the next. */
const cursorStyles = { block: 1, underline: 3, bar: 5 } as const;

/** Foreground, background and cursor, which are counted on after the palette. */
const PALETTE = 256;
const specialColours = [10, 11, 12] as const;

/** Longer titles are no titles. */
const LONGEST_TITLE = 1000;

/** What is left of an earlier stream on a terminal that was reset: colours, and where xterm.js leaves them its modes. */
const LEFTOVERS = '\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b]112\x07\x1b[20l\x1b[?25h';

export class HiddenState {
  readonly #terminal: Terminal;
  readonly #core: Core;
  /** By their number, as #rrggbb. */
  readonly #colours = new Map<number, string>();
  #title = '';
  /** What a program wanted of a blinking cursor, where it said so (?12). */
  #blinks: boolean | undefined;

  /** `reset` is called when everything begins anew (RIS). */
  constructor(terminal: Terminal, core: Core, reset: () => void) {
    this.#terminal = terminal;
    this.#core = core;
    const { parser } = terminal;
    core._inputHandler.onColor((event) => this.#heedColours(event));
    terminal.onTitleChange((title) => {
      this.#title = title.length > LONGEST_TITLE ? '' : title;
    });
    for (const final of ['h', 'l']) {
      parser.registerCsiHandler({ prefix: '?', final }, (modes) => {
        if (modes.includes(12)) this.#blinks = final === 'h';
        return false;
      });
    }
    parser.registerEscHandler({ final: 'c' }, () => {
      reset();
      return false;
    });
  }

  /** To be printed first. */
  serializeColours(): string {
    const palette: string[] = [];
    const special: string[] = [];
    for (const [index, colour] of this.#colours) {
      if (index < PALETTE) palette.push(`;${index};${colour}`);
      else special.push(`\x1b]${specialColours[index - PALETTE]};${colour}\x07`);
    }
    const title = this.#title === '' ? '' : `\x1b]2;${this.#title}\x07`;
    const own = palette.length === 0 ? '' : `\x1b]4${palette.join('')}\x07`;
    return LEFTOVERS + own + special.join('') + title;
  }

  /** To be printed last but for the pen: the cursor stays where it is. */
  serializeModes(): string {
    const { modes } = this.#terminal;
    const { coreService, coreMouseService, optionsService } = this.#core;
    const on = [
      modes.applicationCursorKeysMode && '?1',
      modes.applicationKeypadMode && '?66',
      modes.bracketedPasteMode && '?2004',
      modes.insertMode && '4',
      modes.reverseWraparoundMode && '?45',
      modes.sendFocusMode && '?1004',
      modes.mouseTrackingMode !== 'none' && trackings[modes.mouseTrackingMode],
      encodings.get(coreMouseService.activeEncoding) ?? false,
      optionsService.options.convertEol && '20',
      this.#blinks === true && '?12',
    ];
    const off = [
      !modes.wraparoundMode && '?7',
      coreService.isCursorHidden && '?25',
      this.#blinks === false && '?12',
    ];
    const set = (list: readonly (string | boolean)[], final: string): string =>
      list.map((mode) => (typeof mode === 'string' ? `\x1b[${mode}${final}` : '')).join('');
    return set(on, 'h') + set(off, 'l') + this.#serializeCursorStyle();
  }

  #serializeCursorStyle(): string {
    const { cursorStyle, cursorBlink } = this.#core.coreService.decPrivateModes;
    if (cursorStyle === undefined) return '';
    return `\x1b[${cursorStyles[cursorStyle] + (cursorBlink === true ? 0 : 1)} q`;
  }

  #heedColours(event: ColourEvent): void {
    for (const { type, index, color } of event) {
      if (type === 1 && index !== undefined && color !== undefined) {
        const digits = color.map((part) => part.toString(16).padStart(2, '0'));
        this.#colours.set(index, `#${digits.join('')}`);
      }
      if (type === 2) this.#forgetColour(index);
    }
  }

  /** Without an index: the whole palette. */
  #forgetColour(index: number | undefined): void {
    if (index !== undefined) this.#colours.delete(index);
    else for (const each of this.#colours.keys()) if (each < PALETTE) this.#colours.delete(each);
  }
}
