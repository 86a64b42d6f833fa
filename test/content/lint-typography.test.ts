// French as printers set it: no ordinary space before a high mark, none inside guillemets, no typewriter
// apostrophe; the same apostrophe in English. Knows what the texts say only letter by letter.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requireCourses } from '../../content/load.ts';
import type { Language } from '../../content/schema.ts';

const courses = requireCourses(join(import.meta.dirname, '../../content/courses'));

/** Every text of a language with where it stands; code is left out, since it is set as it is typed. */
function listTexts(value: unknown, language: Language, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] => {
    const here = `${path}/${key}`;
    if (typeof inner === 'string') return key === language ? [[here, withoutCode(inner)]] : [];
    return listTexts(inner, language, here);
  });
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`]*`/g, 'code');
}

test('French marks stand after a no-break space', () => {
  const wrong = listTexts(courses, 'fr').filter(([, text]) =>
    /[ \n][;:!?»](?!\S)|«[^\u00a0\u202f]|[^\u00a0\u202f]»|[a-zà-ÿ)*][;!?](?=\s|$)|[a-zà-ÿ)*]:(?=\s|$)/.test(
      text,
    ),
  );
  expect(wrong).toEqual([]);
});

test.each(['fr', 'en'] as const)('apostrophes are typographic in %s', (language) => {
  const wrong = listTexts(courses, language).filter(([, text]) => /\p{L}'\p{L}/u.test(text));
  expect(wrong.map(([path]) => path)).toEqual([]);
});
