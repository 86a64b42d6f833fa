// Tells search engines where a page is in each language. React moves it into <head>. Knows no page.
import type { Language } from '../../../content/schema.ts';
import { languages } from '../../../content/schema.ts';

export function Alternates({ pathIn }: { pathIn: (language: Language) => string }) {
  return languages.map((language) => (
    <link key={language} rel="alternate" hrefLang={language} href={pathIn(language)} />
  ));
}
