// What a buffer of an emulator keeps beside its cells: its scroll region, its tab stops and the cursor that a program
// has saved there (DECSC). As text to be printed while that buffer is the active one, with the cursor anywhere, no
// origin mode and ASCII in G0; it leaves the cursor anywhere, the pen plain and ASCII in G0. Knows no modes.
import type { TerminalSize } from '../../protocol/ids.ts';
import type { Charsets } from './charsets.ts';
import type { Core, CoreBuffer } from './emulator-core.ts';
import { lookText, PLAIN } from './look.ts';

/** Columns between two tab stops that nobody has set. */
const TAB_WIDTH = 8;

type Links = Core['_oscLinkService'];

export function regionText(
  { scrollTop, scrollBottom }: CoreBuffer,
  { rows }: TerminalSize,
): string {
  const isWhole = scrollTop === 0 && scrollBottom === rows - 1;
  return isWhole ? '' : `\x1b[${scrollTop + 1};${scrollBottom + 1}r`;
}

export function tabsText({ tabs }: CoreBuffer, { cols }: TerminalSize): string {
  const columns = Array.from({ length: cols }, (_unused, column) => column);
  if (columns.every((column) => (tabs[column] ?? false) === (column % TAB_WIDTH === 0))) return '';
  const stops = columns.filter((column) => tabs[column] === true);
  return `\x1b[3g${stops.map((column) => `\x1b[${column + 1}G\x1bH`).join('')}`;
}

type SavedCursorOptions = { size: TerminalSize; links: Links; charsets: Charsets };

export function savedCursorText(buffer: CoreBuffer, options: SavedCursorOptions): string {
  const { size, links, charsets } = options;
  const { savedCurAttrData: look, savedCharset } = buffer;
  const column = Math.min(buffer.savedX, size.cols - 1);
  // Absolute, so that it moves up with what scrolls: as xterm.js restores it.
  const row = Math.min(Math.max(buffer.savedY - buffer.ybase, 0), size.rows - 1);
  // Colour and style of an underline are not saved with the rest.
  const pen = lookText(look, links);
  const charset = charsets.designationOf(0, savedCharset);
  if (column === 0 && row === 0 && pen === PLAIN && charset === '') return '';
  const back = charset === '' ? '' : charsets.ascii;
  return `\x1b[${row + 1};${column + 1}H${pen}${charset}\x1b7${back}${pen === PLAIN ? '' : PLAIN}`;
}
