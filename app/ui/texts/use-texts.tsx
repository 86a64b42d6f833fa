// The interface's texts for client components, in the language of the page. Knows no sentence.
'use client';

import type { ReactNode } from 'react';
import { createContext, use } from 'react';
import type { Language } from '../../../content/schema.ts';
import type { Texts } from './texts.ts';
import { textsOf } from './texts-of.ts';

const LanguageContext = createContext<Language>('en');

type Props = { language: Language; children: ReactNode };

export function LanguageProvider({ language, children }: Props) {
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

export function useLanguage(): Language {
  return use(LanguageContext);
}

export function useTexts(): Texts {
  return textsOf(useLanguage());
}
