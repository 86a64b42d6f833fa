// What a process may do, and as whom, in words. Knows no element.
import type { ObservedProcess } from '../../../server/protocol/snapshot.ts';
import type { CredentialChange } from '../../lab-client/credential-changes.ts';
import type { ChangeTexts } from '../texts/change-texts.ts';
import { capabilityNames, readMask } from './capabilities.ts';
import { plain } from './plain.ts';

/** So many capabilities are named; more are counted. */
const NAMED = 3;

const userNames: Readonly<Record<number, string>> = {
  0: 'root',
  1000: 'student',
  65_534: 'nobody',
};

export function sayUser({ real, effective }: Pick<ObservedProcess['user'], 'real' | 'effective'>) {
  const named = (id: number): string => (userNames[id] ? `${userNames[id]} (${id})` : String(id));
  return real === effective ? named(real) : `${named(real)} › ${named(effective)}`;
}

export function sayCredentials(
  { what, process, before }: CredentialChange,
  words: ChangeTexts,
): string {
  const said = `${plain(process.name)} (PID ${process.pid})`;
  switch (what) {
    case 'user':
      return words.user(said, sayUser(process.user), sayUser(before.user));
    case 'capabilities': {
      const [then, now] = [before, process].map((one) => readMask(one.capabilities.effective));
      const only = (some: boolean[] = [], others: boolean[] = []): string =>
        sayNames(
          capabilityNames.filter((_, bit) => some[bit] === true && others[bit] !== true),
          words,
        );
      return words.capabilities(said, only(now, then), only(then, now));
    }
    case 'seccomp':
      return words.seccomp(said, process.seccomp);
    case 'no-new-privileges':
      return words.noNewPrivileges(said);
  }
}

function sayNames(names: readonly string[], words: ChangeTexts): string {
  return names.length > NAMED ? words.someCapabilities(names.length) : names.join(', ');
}
