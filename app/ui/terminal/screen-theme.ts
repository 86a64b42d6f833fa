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
  const probe = document.createElement('span');
  probe.hidden = true;
  host.append(probe);
  const token = (name: string): string => {
    // A custom property alone would come back as written, light-dark() and all.
    probe.style.color = `var(--terminal-${name})`;
    return getComputedStyle(probe).color;
  };
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
  probe.remove();
  return theme;
}
