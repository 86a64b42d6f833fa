// The ticks of a recording in the reader's words.
import { expect, it } from 'vitest';
import { readMarkers } from '../../../app/ui/terminal/cast-markers.ts';

const course = {
  id: 'c',
  version: 1,
  title: 'C',
  chapters: [
    { id: 'one', title: 'One', steps: [{ id: 'make', title: 'Make it', toEarn: ['made'] }] },
  ],
};

it('names ticks by their steps, others by their ids, and takes output for none', () => {
  const cast = [
    '{"version":2,"width":80,"height":24}',
    '[0.5,"o","[1,\\"m\\",\\"one/make/made\\"]"]',
    '[1.25,"m","one/make/made"]',
    '[2,"m","gone/step/check"]',
    '[3,"m",',
    '',
  ].join('\n');
  expect(readMarkers(cast, course)).toEqual([
    { at: 1.25, text: 'Make it' },
    { at: 2, text: 'gone/step/check' },
  ]);
});
