// Types a code block into its terminal. Knows no text.
'use client';

import { Check, Play } from 'lucide-react';
import { useState } from 'react';
import type { SlotNumber } from '../../lab-client/lab-state.ts';
import { runLines } from '../../lab-client/run-lines.ts';
import { showTerminal } from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './block-buttons.module.css';

const THANKS_MS = 1_400;

/** `quiet`: one of many, so only its sign is shown. */
type Props = { terminal: SlotNumber; code: string; quiet?: boolean };

export function RunButton({ terminal, code, quiet = false }: Props) {
  const texts = useTexts().code;
  const [typed, setTyped] = useState(false);

  async function run(): Promise<void> {
    showTerminal(terminal);
    if (!(await runLines(terminal, code))) return;
    setTyped(true);
    setTimeout(() => setTyped(false), THANKS_MS);
  }

  return (
    <button
      type="button"
      className={css[quiet ? 'quiet' : 'run']}
      data-testid="run"
      data-run-terminal={terminal}
      aria-label={texts.runIn(terminal)}
      title={texts.runIn(terminal)}
      onClick={() => void run()}
    >
      {typed ? <Check size={15} aria-hidden="true" /> : <Play size={13} aria-hidden="true" />}
      {!quiet && (typed ? texts.running : texts.run)}
    </button>
  );
}
