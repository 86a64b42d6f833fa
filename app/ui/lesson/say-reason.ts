// Why a check does not hold yet, in words. Knows no element.
import type { Atom, Reason } from '../../../server/protocol/reasons.ts';
import type { ReasonTexts, Words } from '../texts/reason-texts.ts';

export function sayReason(reason: Omit<Reason, 'check'>, texts: ReasonTexts): string {
  const { over, met, missing } = reason;
  if (over === null) return say(missing, texts.lab, texts);
  return texts.sentence(
    over,
    met.map((atom) => say(atom, texts.thing, texts)),
    say(missing, texts.thing, texts),
  );
}

/** One case for each: only so does the compiler see that an atom meets the words for its kind. */
function say(atom: Atom, words: Words, texts: ReasonTexts): string {
  const sayEach = (each: readonly Atom[], inWords: Words): string[] =>
    each.map((one) => say(one, inWords, texts));
  switch (atom.say) {
    case 'rooted':
      return words.rooted(atom);
    case 'namespace-of-lab':
    case 'namespace-own':
    case 'same-namespace':
      return words[atom.say](atom.kind);
    case 'program':
      return words.program(atom);
    case 'signal':
      return words.signal(atom);
    case 'mounted':
      return words.mounted(atom);
    case 'not-mounted':
    case 'owned-by-root':
    case 'nobody-rooted':
      return words[atom.say](atom.path);
    case 'file':
      return words.file(atom);
    case 'same-disk':
      return words['same-disk'](atom);
    case 'larger':
      return words.larger(atom);
    case 'expression':
      return words.expression(atom.source);
    case 'of-type':
      return words['of-type'](atom.type);
    case 'at':
      return words.at(atom.path);
    case 'named':
      return words.named(atom.name);
    case 'too-much':
      return words['too-much'](atom);
    case 'too-many-groups':
      return words['too-many-groups'](atom.more);
    case 'count':
      return words.count({ ...atom, each: sayEach(atom.each, texts.thing) });
    case 'every':
    case 'some':
      return words[atom.say](atom.over, sayEach(atom.each, texts.thing));
    case 'either':
      return words.either(sayEach(atom.each, words));
    case 'alive':
    case 'another':
    case 'up':
    case 'root-of-lab':
    case 'proc-own':
    case 'proc-of-lab':
    case 'not-init':
    case 'pid-one':
    case 'killed-by-process':
    case 'killed-by-kernel':
      return words[atom.say]();
  }
}
