// Light, dark or like the system: what the learner chose, kept in this browser and set on <html>.
// The inline script does the same before the first paint. Knows no button.
import { recall, remember } from '../../lab-client/browser-storage.ts';

export type Scheme = 'light' | 'dark' | 'system';
export const schemes: readonly Scheme[] = ['light', 'dark', 'system'];

const listeners = new Set<() => void>();

export function readScheme(): Scheme {
  const kept = recall('theme');
  return schemes.find((scheme) => scheme === kept) ?? 'system';
}

export function chooseScheme(scheme: Scheme): void {
  remember('theme', scheme);
  const { dataset } = document.documentElement;
  if (scheme === 'system') delete dataset['theme'];
  else dataset['theme'] = scheme;
  for (const listener of listeners) listener();
}

/** Also called when the system changes while it is followed. */
export function onSchemeChange(listener: () => void): () => void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}
