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

it('a tab behind others keeps a size of its own that link was not told of, where nobody has set another', () => {
  const { stream, sink, sent, attached } = makeStream();
  stream.show(sink, size);
  stream.connect();
  attached(0, 0);
  stream.disconnect();
  stream.resize(other);
  const news = (at: typeof size) => {
    const terminals = [{ terminal: 1, size: at, oldest: 0, end: 0, exited: false }];
    const state = { ...initialLabState, keyboard: keyboardOf('learner') };
    return followSizes(state, { get: () => stream }, { terminals, inUse: false });
  };
  expect(news(size)).toEqual([]);
  stream.connect();
  expect(sent.at(-1)).toMatchObject({ type: 'attach', size: other });
  stream.disconnect();
  expect(news({ cols: 60, rows: 20 }).map(({ terminal }) => terminal)).toEqual([1]);
});

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
