// Where the keyboard goes when a card that had it is gone: back to what opened it. Draws nothing.
'use client';

import { useEffect, useLayoutEffect, useRef } from 'react';
import type { RefObject } from 'react';

/** Of a card over the picture; called before whatever moves the focus into it. */
export function useFocusBack(card: RefObject<HTMLElement | null>): void {
  const opener = useRef<Element | null>(null);
  const wasInside = useRef(false);
  // A layout effect ends while the card is still in the document; an effect ends only when it has left.
  useLayoutEffect(() => {
    opener.current ??= document.activeElement;
    const element = card.current;
    return () => {
      wasInside.current = element?.contains(document.activeElement) ?? false;
    };
  }, [card]);
  // A process that ends takes its button with it, in the same commit: which is left is known only after it.
  useEffect(
    () => () => {
      const isLost = wasInside.current && document.activeElement === document.body;
      if (isLost) focusAgain(opener.current);
    },
    [],
  );
}

function focusAgain(opener: Element | null): void {
  // Safari gives a button that is clicked no focus: then the body had it.
  const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  const target = isThere ? opener : document.getElementById('xray-tabpanel');
  target?.focus({ preventScroll: true });
}
