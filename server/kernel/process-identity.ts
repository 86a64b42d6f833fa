// What the calling process is to the kernel and to other processes. Knows no lab.
import { checked, declare } from './libc.ts';

const PR_SET_DUMPABLE = 4;
const PR_SET_CHILD_SUBREAPER = 36;

const prctl = declare(
  'int prctl(int option, uint64 second, uint64 third, uint64 fourth, uint64 fifth)',
);

/** From here on nobody without privilege on the machine may trace this process or look behind its /proc links. */
export function hideFromTracers(): void {
  checked(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), 'prctl(PR_SET_DUMPABLE)', '0');
}

/** Orphans below this process become its children, not those of the machine's PID 1 (prctl(2)). */
export function adoptOrphans(): void {
  checked(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 'prctl(PR_SET_CHILD_SUBREAPER)', '1');
}
