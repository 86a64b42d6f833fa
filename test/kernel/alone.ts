// Suites of the kernel that no other may run beside, each with its reason: two houses leave each other in peace, but
// not a clock or a count of the whole machine. Knows no test.

/** By path from the checkout. */
export const alone: Readonly<Record<string, string>> = {
  'test/kernel/attacks/counts.test.ts':
    'wants what the machine counts to stay as it is, and a house that starts may raise it',
  'test/kernel/doctor.test.ts': 'counts the mounts of the machine, and others make some',
  'test/kernel/limits-counts.test.ts': 'compares how long echoes take',
  'test/kernel/limits-io.test.ts': 'compares how long echoes take',
  'test/kernel/limits-memory.test.ts': 'compares how long echoes take',
  'test/kernel/limits-terminals.test.ts': 'compares how long echoes take',
  'test/kernel/networks-late.test.ts':
    'has the kernel take hundreds of bridges apart, under its one lock for networks: getaddrinfo(3) waits for 10 s then',
  'test/kernel/quick-moves.test.ts':
    'takes an option off the machine that each house sets when it starts',
  'test/kernel/rootfs.test.ts': 'has seconds in which a tree is looked over and unpacked',
  'test/kernel/soak.test.ts': 'counts the mounts of the machine, and others make some',
};
