// What the page remembers in this browser. A browser that refuses storage only forgets. Knows no meaning.

const PREFIX = 'coulisse.';

/** `started`: the learner has pressed Start once · `pairing`: which terminals are 1 and 2 · `place`: the step
 * read last · `stopped`: terminals whose output ^S has stopped · the rest: looks. */
export type StorageKey =
  | 'started'
  | 'pairing'
  | 'place'
  | 'stopped'
  | 'theme'
  | 'layout'
  | 'view'
  | 'reader'
  | 'xray'
  | 'xray-layout'
  | 'terminal';

export function recall(key: StorageKey): string | undefined {
  try {
    return window.localStorage.getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: StorageKey, value: string): void {
  try {
    window.localStorage.setItem(PREFIX + key, value);
  } catch {
    // Private windows may refuse: the page works without.
  }
}

/** Tells when another tab has remembered or forgotten it; returns how to stop that. */
export function onRememberedElsewhere(key: StorageKey, listener: () => void): () => void {
  const hear = (event: StorageEvent): void => {
    if (event.key === PREFIX + key) listener();
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}

export function forget(key: StorageKey): void {
  try {
    window.localStorage.removeItem(PREFIX + key);
  } catch {
    // As above.
  }
}
