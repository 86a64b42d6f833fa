// Who has the size of a terminal when a page comes back.
import { expect, it } from 'vitest';
import { followSizes } from '../../../app/lab-client/follow-sizes.ts';
import { initialLabState, keyboardOf } from '../../../app/lab-client/lab-state.ts';
import { makeStream, size } from '../../support/stream-bench.ts';

const other = { cols: 120, rows: 40 };

/** A page that comes back to a terminal that has another size by now: what it attaches with, and what is news to it. */
function comesBack(page: { elsewhere?: boolean; types?: boolean; inUse?: boolean }) {
  const { elsewhere = false, types = true, inUse = true } = page;
  const { stream, sink, sent } = makeStream();
  stream.show(sink, size);
  const state = {
    ...initialLabState,
    keyboard: keyboardOf(types ? 'learner' : 'watcher'),
    sizedElsewhere: elsewhere ? { 1: other } : {},
  };
  const terminals = [{ terminal: 1, size: other, oldest: 0, end: 0, exited: false }];
  const news = followSizes(state, { get: () => stream }, { terminals, inUse });
  stream.connect();
  const attach = sent.find((message) => message.type === 'attach');
  return [attach?.size, news.map(({ terminal }) => terminal)];
}

it('the page in use has the size that it had', () => {
  expect(comesBack({})).toEqual([size, []]);
});

it('follows the page that had set the size before the cut', () => {
  expect(comesBack({ elsewhere: true })).toEqual([other, []]);
});

it('follows whoever types', () => {
  expect(comesBack({ types: false })).toEqual([other, []]);
});

it('a tab behind others takes the size from nobody, and knows it', () => {
  expect(comesBack({ inUse: false })).toEqual([other, [1]]);
});
