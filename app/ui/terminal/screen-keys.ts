// The keys that the emulator leaves to the page: copy, paste, search, and the way out. Knows no pane.
import type { Terminal } from '@xterm/xterm';
import { isLeaveKey } from './leave-key.ts';

export type PageKeys = {
  copy: (text: string) => void;
  search: () => void;
};

export function keepPageKeys(terminal: Terminal, { copy, search }: PageKeys): void {
  terminal.attachCustomKeyEventHandler((event) => {
    if (isLeaveKey(event)) return false;
    if (!event.ctrlKey || event.altKey || event.metaKey) return true;
    // The browser's own paste follows, and the emulator takes it from the paste event.
    if (event.shiftKey && event.code === 'KeyV') return false;
    if (event.shiftKey && event.code === 'KeyF') return take(event, search);
    const isCopy = (event.shiftKey && event.code === 'KeyC') || event.key === 'Insert';
    // As in other terminals of today: ^C on a selection copies it, and the next one interrupts.
    const isEither = event.code === 'KeyC' && terminal.hasSelection();
    if (!isCopy && !isEither) return true;
    return take(event, () => {
      const text = terminal.getSelection();
      if (text !== '') copy(text);
      if (isEither) terminal.clearSelection();
    });
  });
}

/** Browsers have their own use for some: they open their inspector on Ctrl+Shift+C. */
function take(event: KeyboardEvent, act: () => void): false {
  if (event.type === 'keydown') act();
  event.preventDefault();
  return false;
}
