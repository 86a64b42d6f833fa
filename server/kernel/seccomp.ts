// Loads a seccomp filter onto every thread of this process (seccomp(2)) through Debian's libseccomp, so
// that all children inherit it. Knows only names of system calls.
import koffi, { type LibraryHandle } from 'koffi';
import { constants } from 'node:os';
import { declareFrom } from './libc.ts';

const SCMP_ACT_ALLOW = 0x7fff0000;
const SCMP_ACT_ERRNO = 0x00050000;
const SCMP_FLTATR_CTL_NNP = 3;
const SCMP_FLTATR_CTL_TSYNC = 4;
const SCMP_CMP_EQ = 4;
const SCMP_CMP_GT = 6;

export type SeccompRules = {
  /** System calls that fail with EPERM whatever their arguments. Names this kernel lacks are passed over. */
  refused: readonly string[];
  /** Address families (socket(2)) that may be opened; all others fail with EPERM. */
  families: readonly number[];
  /** Calls that fail with EPERM when their first argument is larger. */
  atMost: Readonly<Record<string, number>>;
};

/**
 * Allows everything but `rules`. Calls of another architecture (i386, x32) kill the caller: libseccomp's
 * default for foreign architectures. no_new_privs stays off, so that sudo works in labs; that needs
 * CAP_SYS_ADMIN.
 */
export function loadSeccomp(rules: SeccompRules): void {
  const library = openSeccompLibrary();
  // The filter is a pointer that only libseccomp looks behind, so a number does for it.
  const init = declareFrom(library, 'uintptr_t seccomp_init(uint32 action)');
  const setAttribute = declareFrom(
    library,
    'int seccomp_attr_set(uintptr_t filter, int attribute, uint32 value)',
  );
  const resolve = declareFrom(library, 'int seccomp_syscall_resolve_name(const char *name)');
  const addRule = declareFrom(
    library,
    'int seccomp_rule_add_array(uintptr_t filter, uint32 action, int call, unsigned int count,' +
      ' const void *comparisons)',
  );
  const load = declareFrom(library, 'int seccomp_load(uintptr_t filter)');
  const release = declareFrom(library, 'void seccomp_release(uintptr_t filter)');

  const filter = init(SCMP_ACT_ALLOW);
  const refuse = SCMP_ACT_ERRNO | constants.errno.EPERM;
  const must = (result: number, what: string): void => {
    if (result !== 0) throw new Error(`libseccomp: ${what} failed with ${result}`);
  };
  must(setAttribute(filter, SCMP_FLTATR_CTL_NNP, 0), 'keeping no_new_privs off');
  must(setAttribute(filter, SCMP_FLTATR_CTL_TSYNC, 1), 'reaching all threads');
  for (const name of rules.refused) {
    const call = resolve(name);
    if (call >= 0) must(addRule(filter, refuse, call, 0, null), `refusing ${name}`);
  }
  const highest = Math.max(...rules.families);
  const between = Array.from({ length: highest }, (_, family) => family);
  const comparisons = [
    ...between
      .filter((family) => !rules.families.includes(family))
      .map((family) => compare(SCMP_CMP_EQ, family)),
    // The filter compares 64 bits, the kernel takes 32 of them: what is hidden above them is larger.
    compare(SCMP_CMP_GT, highest),
  ];
  for (const name of ['socket', 'socketpair']) {
    const call = resolve(name);
    for (const comparison of comparisons) {
      must(addRule(filter, refuse, call, 1, comparison), `refusing families of ${name}`);
    }
  }
  for (const [name, most] of Object.entries(rules.atMost)) {
    const comparison = compare(SCMP_CMP_GT, most);
    must(addRule(filter, refuse, resolve(name), 1, comparison), `bounding ${name}`);
  }
  must(load(filter), 'loading the filter');
  release(filter);
}

/** Throws when Debian's libseccomp2 is not installed. */
export function openSeccompLibrary(): LibraryHandle {
  return koffi.load('libseccomp.so.2');
}

/** One struct scmp_arg_cmp for the first argument: its number, comparison, value. */
function compare(operator: number, value: number): Buffer {
  const comparison = Buffer.alloc(24);
  comparison.writeUInt32LE(0, 0);
  comparison.writeUInt32LE(operator, 4);
  comparison.writeBigUInt64LE(BigInt(value), 8);
  return comparison;
}
