// The texts of a language. Knows no sentence.
import type { Language } from '../../../content/schema.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import type { Texts } from './texts.ts';

const all: Record<Language, Texts> = { fr, en };

export function textsOf(language: Language): Texts {
  return all[language];
}
