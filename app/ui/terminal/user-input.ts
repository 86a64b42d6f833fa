// Tells what a person typed, pasted or clicked from what the emulator answers by itself: xterm.js tells nobody but
// itself, by an event just before its data (ICoreService.onUserInput, 6.0). Knows no stream.
import type { Terminal } from '@xterm/xterm';

type Listen = (told: () => void) => void;

/** Calls `take` with all that goes to the program; everything counts as a person's where xterm.js does not say. */
export function followInput(
  terminal: Terminal,
  take: (text: string, isPersons: boolean) => void,
): void {
  let isPersons = false;
  const listen = findListen(terminal);
  listen?.(() => (isPersons = true));
  terminal.onData((text) => {
    const by = isPersons || listen === undefined;
    isPersons = false;
    take(text, by);
  });
}

function findListen(terminal: Terminal): Listen | undefined {
  const core: unknown = Reflect.get(terminal, '_core');
  const service: unknown = read(core, 'coreService');
  const listen = read(service, 'onUserInput');
  if (typeof listen !== 'function') return undefined;
  return (told) => void Reflect.apply(listen, service, [told]);
}

function read(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
}
