// What of a pasted text goes to the program. Pure.

/** Without control characters but tab and line ends: a text must not be able to end its own bracket (ESC [201~, xterm's
 * control sequences, "Bracketed Paste Mode"), nor to press keys. */
export function cleanPaste(text: string): string {
  return text.replace(/[^\P{Cc}\t\r\n]/gu, '');
}
