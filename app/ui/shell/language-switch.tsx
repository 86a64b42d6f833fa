// The same page in the other language. A whole load, so that it works without JavaScript; the lab and its
// terminals are found again. Knows no course.
'use client';

import { usePathname } from 'next/navigation';
import { languages } from '../../../content/schema.ts';
import { textsOf } from '../texts/texts-of.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import css from './language-switch.module.css';

/** A year: the choice holds for `/`, which has no language of its own. */
const COOKIE_SECONDS = 31_536_000;

export function LanguageSwitch() {
  const current = useLanguage();
  const texts = useTexts();
  const path = usePathname();
  return (
    <nav className={css['switch']} aria-label={texts.language.label}>
      {languages.map((language) => {
        const isCurrent = language === current;
        return (
          <a
            key={language}
            href={path.replace(/^\/[a-z]+/, `/${language}`)}
            hrefLang={language}
            lang={language}
            aria-label={textsOf(language).languageName}
            aria-current={isCurrent ? 'true' : undefined}
            data-testid={isCurrent ? undefined : 'lang-switch'}
            onClick={() => {
              document.cookie = `coulisse-language=${language};path=/;max-age=${COOKIE_SECONDS};samesite=lax`;
            }}
          >
            {language.toUpperCase()}
          </a>
        );
      })}
    </nav>
  );
}
