// Copies a code block. Knows no lab.
'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../clipboard.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './block-buttons.module.css';

const THANKS_MS = 1_400;

export function CopyButton({ code }: { code: string }) {
  const texts = useTexts().code;
  const [copied, setCopied] = useState(false);

  async function copy(): Promise<void> {
    // Refused: the text can still be selected.
    if (!(await copyText(code))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), THANKS_MS);
  }

  return (
    <button
      type="button"
      className={css['copy']}
      data-testid="copy"
      aria-label={copied ? texts.copied : texts.copy}
      title={texts.copy}
      onClick={() => void copy()}
    >
      {copied ? <Check size={15} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
    </button>
  );
}
