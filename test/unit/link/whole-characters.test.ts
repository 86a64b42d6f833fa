// Characters that come in pieces, by property: wherever a text is cut, each piece is whole and nothing is lost.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWholeCharacters } from '../../../server/protocol/whole-characters.ts';

const isWhole = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString()).equals(bytes);

function passOn(bytes: Uint8Array, cuts: readonly number[]): Buffer[] {
  const whole = createWholeCharacters();
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  let from = 0;
  return places
    .toSorted((one, other) => one - other)
    .map((to) => {
      const piece = Buffer.from(whole.take(bytes.subarray(from, to)));
      from = to;
      return piece;
    });
}

test('[P11] a text cut anywhere is passed on in whole characters', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    fc.constant('l’été — « 漢字 » 👩‍🚀…'),
  );
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 40 }), (text, cuts) => {
      const pieces = passOn(Buffer.from(text), cuts);
      expect(pieces.every(isWhole)).toBe(true);
      expect(Buffer.concat(pieces).toString()).toBe(text);
    }),
  );
});

test('[P11] of bytes that are no UTF-8 at most three wait, and all are passed on', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.array(fc.nat()), (bytes, cuts) => {
      const pieces = passOn(bytes, cuts);
      const passed = Buffer.concat(pieces);
      expect(bytes.length - passed.length).toBeLessThanOrEqual(3);
      expect(Buffer.from(bytes).subarray(0, passed.length)).toEqual(passed);
    }),
  );
});
