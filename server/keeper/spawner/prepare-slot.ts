// The outer user namespace of a slot: it maps the slot's ids, and what it allows is allowed to everything
// below it together, whatever the lab's root sets in its own (namespaces(7), /proc/sys/user). [L2] [L16]
import { openSync, writeFileSync } from 'node:fs';
import { endAfter, unshare, writeText } from '../../kernel/child-calls.ts';
import { runProgram } from '../../kernel/run-program.ts';
import { namespaceFlags } from '../../kernel/namespaces.ts';
import { killProcess } from '../../kernel/processes.ts';
import { ENDS_AFTER_S } from './limits.ts';
import type { PrepareSlot } from './messages.ts';

/** Ids of one lab: 0 to 65535, as a Debian system uses them (user_namespaces(7)). */
export const IDS_PER_SLOT = 65_536;
/** Id that stands for host root: files that the overlay itself makes on a lab's disk. No lab maps it. */
const HOST_ROOT = IDS_PER_SLOT;

/** Makes it and returns its descriptor: idmapped mounts and labs need the namespace, not a process in it. */
export async function prepareSlot({ base, counts }: PrepareSlot): Promise<number> {
  const { promise: isThere, resolve } = Promise.withResolvers<void>();
  const { pid, done } = runProgram({ descriptors: [], onReport: () => resolve() }, ({ main }) => {
    endAfter(main, ENDS_AFTER_S);
    unshare(main, namespaceFlags.user);
    for (const [name, value] of Object.entries(counts)) {
      writeText(main, `/proc/sys/user/${name}`, String(value));
    }
    main.tell();
    main.call('ppoll', [0, 0, 0, 0], 'nothing');
  });
  try {
    await Promise.race([isThere, done]);
    const lines = [`0 ${base} ${IDS_PER_SLOT}`, `${HOST_ROOT} 0 1`].join('\n');
    writeFileSync(`/proc/${pid}/uid_map`, lines);
    writeFileSync(`/proc/${pid}/gid_map`, lines);
    return openSync(`/proc/${pid}/ns/user`, 'r');
  } finally {
    killProcess(pid);
  }
}
