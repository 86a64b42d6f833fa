// The emulator's colours, read from the page's tokens, so that they are written once and follow light and
// dark. Knows no terminal.
import type { ITheme } from '@xterm/xterm';

const ansi = [
  ['black', 'brightBlack'],
  ['red', 'brightRed'],
  ['green', 'brightGreen'],
  ['yellow', 'brightYellow'],
  ['blue', 'brightBlue'],
  ['magenta', 'brightMagenta'],
  ['cyan', 'brightCyan'],
  ['white', 'brightWhite'],
] as const;

/** `host` is any element of the page: the tokens' values are those that hold there. */
export function readTheme(host: HTMLElement): ITheme {
  return withTokens(host, (token) => {
    const theme: ITheme = {
      background: token('paper'),
      foreground: token('ink'),
      cursor: token('cursor'),
      cursorAccent: token('paper'),
      selectionBackground: token('selection'),
      scrollbarSliderBackground: token('slider'),
      scrollbarSliderHoverBackground: token('slider-hover'),
      scrollbarSliderActiveBackground: token('slider-hover'),
      overviewRulerBorder: token('paper'),
    };
    for (const [name, bright] of ansi) {
      theme[name] = token(name);
      theme[bright] = token(`bright-${name}`);
    }
    return theme;
  });
}

/** One opaque colour as #rrggbb, the only way that the search add-on takes it. */
export function readHexColour(host: HTMLElement, name: string): string {
  return withTokens(host, (token) => {
    const parts = token(name).match(/\d+/g) ?? [];
    const hex = parts.slice(0, 3).map((part) => Number(part).toString(16).padStart(2, '0'));
    return `#${hex.join('')}`;
  });
}

function withTokens<T>(host: HTMLElement, read: (token: (name: string) => string) => T): T {
  const probe = document.createElement('span');
  probe.hidden = true;
  host.append(probe);
  try {
    return read((name) => {
      // A custom property alone would come back as written, light-dark() and all.
      probe.style.color = `var(--terminal-${name})`;
      return getComputedStyle(probe).color;
    });
  } finally {
    probe.remove();
  }
}
