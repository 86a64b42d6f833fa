// A recording as it is played: rests shortened, ticks and looks at the lab at their times.
import { describe, expect, it } from 'vitest';
import { readCast } from '../../../app/lab-client/cast.ts';
import { titleOfMarker } from '../../../app/ui/terminal/cast-markers.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import { diffViews } from '../../../server/protocol/xray.ts';
import { makeProcess, makeSnapshot } from '../checks/lab-builder.ts';

const header = '{"version":2,"width":80,"height":24}';
const cast = (...events: unknown[]) =>
  [header, ...events.map((event) => JSON.stringify(event)), ''].join('\n');

const empty = viewOf(makeSnapshot());
const withSleep = viewOf(makeSnapshot({ processes: [makeProcess(50)] }));
const begun = JSON.stringify(diffViews(undefined, empty));
const born = JSON.stringify(diffViews(empty, withSleep));

describe('a recording', () => {
  it('is played with rests of two seconds, and its ticks where they were earned', () => {
    const { text, markers } = readCast(
      cast([0.5, 'o', 'a'], [60, 'o', '[1,"m","no/tick/this"]'], [61, 'm', 'one/make/made']),
    );
    const played = text.split('\n').slice(1);
    expect(played.map((line): unknown => JSON.parse(line))).toEqual([
      [0.5, 'o', 'a'],
      [2.5, 'o', '[1,"m","no/tick/this"]'],
      [3.5, 'm', 'one/make/made'],
    ]);
    expect(markers).toEqual([{ at: 3.5, label: 'one/make/made' }]);
  });

  it('has the looks at the lab beside it: those of a rest count for none, and no player gets them', () => {
    const { text, moments } = readCast(
      cast([0, 'k', begun], [0.5, 'o', 'a'], [1, 'k', born], [30, 'o', 'b'], [30.25, 'o', 'c']),
    );
    expect(text).not.toContain('"k"');
    expect(text).toContain('[2.75,"o","c"]');
    expect(moments.map(({ toldAt }) => toldAt)).toEqual([0, 1000]);
    expect(moments.map(({ whole }) => whole)).toEqual([true, false]);
    expect(moments[1]?.changes).toMatchObject([{ what: 'process-born', process: { pid: 50 } }]);
  });

  it('that was cut off, or holds what is no event, is played as far as it can be read', () => {
    const { text, moments } = readCast(
      `${cast([0.5, 'o', 'a'], [1, 'k', 'no look'], [2], 'x')}[3,"m",`,
    );
    expect(text).toBe(`${header}\n[0.5,"o","a"]`);
    expect(moments).toEqual([]);
  });

  it('of another version says that looks at the lab are missing, and one of this version does not', () => {
    const old = JSON.stringify({ ...diffViews(undefined, empty), hidden: undefined });
    expect(readCast(cast([0, 'k', old], [0.5, 'o', 'a']))).toMatchObject({
      moments: [],
      lacksLooks: true,
    });
    expect(readCast(cast([0, 'k', begun], [0.5, 'o', 'a'])).lacksLooks).toBe(false);
    expect(readCast(cast([0.5, 'o', 'a'])).lacksLooks).toBe(false);
  });
});

it('a tick is named by its step, and by its id where this course has no such step', () => {
  const course = {
    id: 'c',
    version: 1,
    title: 'C',
    chapters: [
      { id: 'one', title: 'One', steps: [{ id: 'make', title: 'Make it', toEarn: ['made'] }] },
    ],
  };
  expect(titleOfMarker('one/make/made', course, 'something is missing')).toBe('Make it');
  expect(titleOfMarker('gone/step/check', course, 'something is missing')).toBe('gone/step/check');
  expect(titleOfMarker('torn', course, 'something is missing')).toBe('something is missing');
});
