// The key that leads from a terminal to the lesson and back. Knows no element.

/** F6 is what browsers and desktops use to go from pane to pane; Windows keeps Ctrl+Shift+Esc for itself. */
export function isLeaveKey(event: KeyboardEvent): boolean {
  if (event.key === 'F6') return !event.ctrlKey && !event.altKey && !event.metaKey;
  return event.key === 'Escape' && event.ctrlKey && event.shiftKey;
}
