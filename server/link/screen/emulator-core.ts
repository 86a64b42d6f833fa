// What an emulator keeps and its interface does not tell, taken from within, as @xterm/addon-serialize takes the pen: by
// the names of this exact version of @xterm/headless, which are looked for once; without one of them nothing is drawn.
// Knows no text.
import type { IBufferCell, Terminal } from '@xterm/headless';

/** Underline and link of a cell or the pen, beyond what is in its two numbers. */
export type Extended = {
  /** 0 for none. */
  underlineColor: number;
  urlId: number;
  /** With the style of the underline, which a link hides. */
  _ext: number;
};

/** What a cell, the pen and a saved cursor have in common. */
export type Look = Omit<IBufferCell, 'getWidth' | 'getChars' | 'getCode'> & {
  isProtected(): number;
  hasExtendedAttrs(): number;
  readonly extended: Extended;
};

export type Cell = IBufferCell & Look;

/** A table of replaced characters; none for ASCII. */
export type Charset = object | undefined;

export type CoreBuffer = {
  readonly x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: Look;
  readonly savedCharset: Charset;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
};

/** As xterm.js fires it: a colour that is asked for, set or put back to the theme's, of the palette below 256. */
export type ColourEvent = readonly {
  readonly type: 0 | 1 | 2;
  readonly index?: number;
  readonly color?: readonly [number, number, number];
}[];

export type Core = {
  readonly buffers: { readonly normal: CoreBuffer; readonly alt: CoreBuffer };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly decPrivateModes: {
      readonly cursorStyle?: 'block' | 'underline' | 'bar';
      readonly cursorBlink?: boolean;
    };
  };
  readonly coreMouseService: { readonly activeEncoding: string };
  readonly optionsService: { readonly options: { readonly convertEol: boolean } };
  readonly _charsetService: {
    readonly charset: Charset;
    readonly glevel: number;
    readonly _charsets: readonly Charset[];
  };
  readonly _oscLinkService: {
    getLinkData(id: number): { readonly id?: string; readonly uri: string } | undefined;
  };
  readonly _inputHandler: {
    readonly _curAttrData: Look;
    onColor(listener: (event: ColourEvent) => void): unknown;
    selectCharset(designation: string): unknown;
    selectDefaultCharset(): unknown;
  };
};

/** Each by the way to it. */
const parts = [
  ['buffers', 'normal', 'savedCurAttrData'],
  ['buffers', 'alt', 'savedCurAttrData'],
  ['buffers', 'normal', 'tabs'],
  ['buffers', 'normal', 'savedX'],
  ['coreService', 'isCursorHidden'],
  ['coreService', 'decPrivateModes'],
  ['coreMouseService', 'activeEncoding'],
  ['optionsService', 'options', 'convertEol'],
  ['_charsetService', '_charsets'],
  ['_charsetService', 'glevel'],
  ['_oscLinkService', 'getLinkData'],
  ['_inputHandler', '_curAttrData', 'extended'],
  ['_inputHandler', 'onColor'],
  ['_inputHandler', 'selectCharset'],
  ['_inputHandler', 'selectDefaultCharset'],
] as const;

/** Throws when this @xterm/headless is another one. */
export function coreOf(terminal: Terminal): Core {
  const core: unknown = Reflect.get(terminal, '_core');
  if (isCore(core)) return core;
  const missing = parts.find((path) => !isThere(core, path));
  throw new Error(`this @xterm/headless has no ${missing?.join('.')}`);
}

/** Of a cell as the interface gives it out, which is the one that the emulator itself reads. */
export function isWholeCell(cell: IBufferCell | undefined): cell is Cell {
  return cell !== undefined && 'extended' in cell && 'isProtected' in cell;
}

function isCore(core: unknown): core is Core {
  return parts.every((path) => isThere(core, path));
}

function isThere(core: unknown, path: readonly string[]): boolean {
  let value = core;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return false;
    value = Reflect.get(value, name);
  }
  return value !== undefined;
}
