// What a living process may do, and as whom, where that has become something else. Pure; knows no language.
import type { ObservedProcess } from '../../server/protocol/snapshot.ts';

export type CredentialChange = {
  /** Its user, its capabilities, its filter of system calls, or that it gains no new privileges. */
  what: 'user' | 'capabilities' | 'seccomp' | 'no-new-privileges';
  process: ObservedProcess;
  before: ObservedProcess;
};

type Told = { what: CredentialChange['what']; of: (process: ObservedProcess) => string };

const told: readonly Told[] = [
  { what: 'user', of: ({ user }) => JSON.stringify(user) },
  { what: 'capabilities', of: ({ capabilities }) => JSON.stringify(capabilities) },
  { what: 'seccomp', of: ({ seccomp }) => String(seccomp) },
  { what: 'no-new-privileges', of: ({ noNewPrivileges }) => String(noNewPrivileges) },
];

export function credentialChanges(
  before: ObservedProcess,
  process: ObservedProcess,
): CredentialChange[] {
  return told
    .filter(({ of }) => of(before) !== of(process))
    .map(({ what }) => ({ what, process, before }));
}

/** Whether what it was before the first is what it is after the last of many. */
export function isUndone(first: CredentialChange, last: CredentialChange): boolean {
  return told.some(({ what, of }) => what === last.what && of(first.before) === of(last.process));
}
