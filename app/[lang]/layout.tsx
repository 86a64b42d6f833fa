// The document of every page of one language: faces, tokens, theme before the first paint.
// Knows no course.
import '@fontsource-variable/bricolage-grotesque/opsz.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@fontsource-variable/literata/opsz-italic.css';
import '@fontsource-variable/literata/opsz.css';
import '@xterm/xterm/css/xterm.css';
import '../styles/tokens.css';
import '../styles/base.css';
import type { Metadata, Viewport } from 'next';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { languages } from '../../content/schema.ts';
import { asLanguage } from '../courses.ts';
import { textsOf } from '../ui/texts/texts-of.ts';
import { LanguageProvider } from '../ui/texts/use-texts.tsx';
import { FontPreloads } from '../ui/theme/font-preloads.tsx';
import { schemeScript } from '../ui/theme/scheme-script.ts';

type Props = { params: Promise<{ lang: string }>; children: ReactNode };

export const dynamicParams = false;

export function generateStaticParams() {
  return languages.map((lang) => ({ lang }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const texts = textsOf(asLanguage((await params).lang) ?? 'en');
  return {
    title: { template: '%s · Coulisse', default: `Coulisse · ${texts.product.tagline}` },
    description: texts.product.description,
  };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#faf6ee' },
    { media: '(prefers-color-scheme: dark)', color: '#15111b' },
  ],
};

export default async function LanguageLayout({ params, children }: Props) {
  const language = asLanguage((await params).lang);
  if (language === undefined) notFound();
  return (
    // The script in <head> sets attributes before React sees the document.
    <html lang={language} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: schemeScript }} />
        <FontPreloads />
      </head>
      <body>
        <LanguageProvider language={language}>{children}</LanguageProvider>
      </body>
    </html>
  );
}
