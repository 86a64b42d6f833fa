// The page for every address that leads nowhere, in both languages, since such an address has none.
// Knows no course.
import '@fontsource-variable/bricolage-grotesque/opsz.css';
import './styles/tokens.css';
import './styles/base.css';
import type { Metadata } from 'next';
import { languages } from '../content/schema.ts';
import css from './front/not-found.module.css';
import { Folds } from './ui/shell/folds.tsx';
import { Wordmark } from './ui/shell/wordmark.tsx';
import { textsOf } from './ui/texts/texts-of.ts';
import { schemeScript } from './ui/theme/scheme-script.ts';

export const metadata: Metadata = { title: '404 · Coulisse' };

export default function NotFound() {
  return (
    <html lang="fr" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: schemeScript }} />
      </head>
      <body className={css['body']}>
        <div className={css['cloth']}>
          <Folds />
        </div>
        <main className={css['main']}>
          <Wordmark />
          <p className={css['code']}>404</p>
          {languages.map((language) => {
            const { notFound } = textsOf(language);
            return (
              <section key={language} lang={language}>
                <h1>{notFound.title}</h1>
                <p>{notFound.text}</p>
                <a href={`/${language}`}>{notFound.back}</a>
              </section>
            );
          })}
        </main>
      </body>
    </html>
  );
}
