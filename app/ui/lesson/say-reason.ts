// Why a check does not hold yet, in words. Knows no element.
import type { Atom, Reason } from '../../../server/protocol/reasons.ts';
import type { ReasonTexts, Words } from '../texts/reason-texts.ts';

export function sayReason(reason: Omit<Reason, 'check'>, texts: ReasonTexts): string {
  const { over, met, missing } = reason;
  if (over === null) return say(missing, texts.lab);
  return texts.sentence(
    over,
    met.map((atom) => say(atom, texts.thing)),
    say(missing, texts.thing),
  );
}

function say<Say extends Atom['say']>(atom: Extract<Atom, { say: Say }>, words: Words): string {
  // The type of words has the function for each kind of atom under its name.
  const sayOne: (atom: never) => string = words[atom.say];
  return sayOne(atom as never);
}
