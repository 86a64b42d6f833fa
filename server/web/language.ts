// Sends `/` to the pages of one language: the one chosen before, else the browser's. Knows no page.
import { languages, type Language } from '../../content/schema.ts';
import { cookieValues } from './identity.ts';
import type { Handler } from './http/router.ts';

/** Set by the page's language switch. */
const COOKIE = 'coulisse-language';
/** For readers of neither language. */
const FALLBACK: Language = 'en';

export const redirectToLanguage: Handler = ({ request, response, url }) => {
  const { cookie, 'accept-language': accepted } = request.headers;
  response.statusCode = 302;
  response.setHeader('location', `/${chooseLanguage(cookie, accepted)}${url.search}`);
  response.setHeader('vary', 'Accept-Language, Cookie');
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('content-length', 0);
  response.end();
};

export function chooseLanguage(cookie: string | undefined, accepted: string | undefined): Language {
  const wishes = [...cookieValues(cookie, COOKIE), ...acceptedLanguages(accepted ?? '')];
  for (const wish of wishes) {
    const language = languages.find((one) => one === wish);
    if (language !== undefined) return language;
  }
  return FALLBACK;
}

/** Primary subtags of an Accept-Language header, most wanted first (RFC 9110 section 12.5.4). */
function acceptedLanguages(header: string): string[] {
  return header
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters
        .find((one) => one.trim().startsWith('q='))
        ?.trim()
        .slice(2);
      return {
        language: tag.split('-')[0] ?? '',
        quality: quality === undefined ? 1 : Number(quality),
      };
    })
    .filter((wish) => wish.quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map((wish) => wish.language);
}
