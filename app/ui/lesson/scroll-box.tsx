// A box for what may be wider than the text: it scrolls, and can be reached by keyboard to do so.
// Knows no content.
import type { ReactNode } from 'react';

export function ScrollBox({ children }: { children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it no key would scroll it
    <div className="scroll-box" tabIndex={0}>
      {children}
    </div>
  );
}
