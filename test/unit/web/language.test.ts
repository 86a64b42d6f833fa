// Which language `/` leads to.
import { expect, it } from 'vitest';
import { chooseLanguage } from '../../../server/web/language.ts';

it.each([
  ['fr-FR,fr;q=0.9,en;q=0.8', 'fr'],
  ['en-US,en;q=0.5', 'en'],
  ['de,fr;q=0.3,en;q=0.7', 'en'],
  ['en;q=0, fr;q=0.1', 'fr'],
  ['FR', 'fr'],
  ['de', 'en'],
  ['', 'en'],
  [';q=x,,fr', 'fr'],
])('Accept-Language %j leads to %s', (header, language) => {
  expect(chooseLanguage(undefined, header)).toBe(language);
});

it('the language chosen before wins over the browser', () => {
  expect(chooseLanguage('coulisse-language=fr', 'en')).toBe('fr');
});

it('a cookie that names no language of ours is passed over', () => {
  expect(chooseLanguage('coulisse-language=../evil', 'fr')).toBe('fr');
});
