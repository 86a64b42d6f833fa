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

export function sayUser(
  { inside, ...outside }: ObservedProcess['user'],
  words: ChangeTexts,
): string {
  return inside === null ? sayIds(outside) : words.userInside(sayIds(outside), sayIds(inside));
}

/** Real and effective, where they differ. */
function sayIds({ real, effective }: { real: number; effective: number }): string {
  const named = (id: number): string => (userNames[id] ? `${userNames[id]} (${id})` : String(id));
  return real === effective ? named(real) : `${named(real)} › ${named(effective)}`;
}

/** Effective ids, from the lab inward. */
export function sayUserShortly({ effective, inside }: ObservedProcess['user']): string {
  const ids = inside === null ? [effective] : [effective, inside.effective];
  return ids.map((id) => userNames[id] ?? String(id)).join(' › ');
}

export function sayCredentials(
  { what, process, before }: CredentialChange,
  words: ChangeTexts,
): string {
  const said = `${plain(process.name)} (PID ${process.pid})`;
  switch (what) {
    case 'user':
      return words.user(said, sayUser(process.user, words), sayUser(before.user, words));
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
