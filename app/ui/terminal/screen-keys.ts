// The keys that the emulator leaves to the page: copy, paste, and the way out. Knows no pane.
import type { Terminal } from '@xterm/xterm';
import { isLeaveKey } from './leave-key.ts';

export function keepPageKeys(terminal: Terminal): void {
  terminal.attachCustomKeyEventHandler((event) => {
    if (isLeaveKey(event)) return false;
    if (!event.ctrlKey || event.altKey || event.metaKey) return true;
    const isCopy = (event.shiftKey && event.code === 'KeyC') || event.key === 'Insert';
    if (isCopy) {
      if (event.type === 'keydown') copySelection(terminal);
      // Browsers open their inspector on Ctrl+Shift+C.
      event.preventDefault();
      return false;
    }
    // The browser's own paste follows, and the emulator takes it from the paste event.
    return !(event.shiftKey && event.code === 'KeyV');
  });
}

function copySelection(terminal: Terminal): void {
  const text = terminal.getSelection();
  if (text !== '') void navigator.clipboard?.writeText(text).catch(() => undefined);
}
