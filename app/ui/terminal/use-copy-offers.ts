// What programs put on the clipboard (OSC 52): asked once, then as the learner said until the page is left.
// Draws nothing.
'use client';

import { useState } from 'react';
import { dispatch } from '../../lab-client/session.ts';
import { copyText } from '../clipboard.ts';
import type { CopyLeave } from './terminal-settings.ts';
import { getCopyLeave, giveCopyLeave } from './terminal-settings.ts';

async function copyOrSay(text: string): Promise<void> {
  if (!(await copyText(text))) dispatch({ type: 'noticed', notice: 'copy-failed' });
}

export function useCopyOffers() {
  const [offered, setOffered] = useState<string | undefined>(undefined);
  return {
    /** Text that waits for the learner's answer. */
    offered,
    offer(text: string): void {
      const leave = getCopyLeave();
      if (leave === 'allowed') void copyOrSay(text);
      if (leave === 'ask') setOffered(text);
    },
    answer(leave: Exclude<CopyLeave, 'ask'>): void {
      giveCopyLeave(leave);
      if (leave === 'allowed' && offered !== undefined) void copyOrSay(offered);
      setOffered(undefined);
    },
  };
}
