// The outer user namespace of a slot: it maps the slot's ids, and what it allows is allowed to everything
// below it together, whatever the lab's root sets in its own (namespaces(7), /proc/sys/user). [L2] [L16]
import { openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { exitNow, fork, waitFor } from '../../kernel/forking.ts';
import { closeDescriptor, openPipe } from '../../kernel/libc.ts';
import { namespaceFlags, unshare } from '../../kernel/namespaces.ts';
import type { PrepareSlot } from './messages.ts';

/** Ids of one lab: 0 to 65535, as a Debian system uses them (user_namespaces(7)). */
export const IDS_PER_SLOT = 65_536;
/** Id that stands for host root: files that the overlay itself makes on a lab's disk. No lab maps it. */
const HOST_ROOT = IDS_PER_SLOT;

/** Makes it and returns its descriptor: idmapped mounts and labs need the namespace, not a process in it. */
export function prepareSlot({ base, counts }: PrepareSlot): number {
  const made = openPipe();
  const mapped = openPipe();
  const pid = fork();
  if (pid === 0) holdNamespace(made.write, mapped.read, counts);
  closeDescriptor(made.write);
  closeDescriptor(mapped.read);
  try {
    // Its end closes the pipe: then there is nothing to read, and nothing to map.
    if (readSync(made.read, Buffer.alloc(1)) !== 1) throw new Error('unshare(user) failed');
    writeIdMaps(pid, [`0 ${base} ${IDS_PER_SLOT}`, `${HOST_ROOT} 0 1`]);
    const outer = openSync(`/proc/${pid}/ns/user`, 'r');
    writeSync(mapped.write, '.');
    const { code } = waitFor(pid);
    if (code === 0) return outer;
    closeDescriptor(outer);
    throw new Error(`the limits ${Object.keys(counts).join(', ')} could not be set`);
  } finally {
    closeDescriptor(made.read);
    closeDescriptor(mapped.write);
  }
}

function holdNamespace(made: number, mapped: number, counts: Record<string, number>): never {
  try {
    unshare(namespaceFlags.user);
    writeSync(made, '.');
    if (readSync(mapped, Buffer.alloc(1)) !== 1) exitNow(1);
    for (const [name, value] of Object.entries(counts)) {
      writeFileSync(`/proc/sys/user/${name}`, String(value));
    }
    exitNow(0);
  } catch {
    exitNow(1);
  }
}

/** Writes a process's map (user_namespaces(7)). Lines are `inside outside count`. */
export function writeIdMaps(pid: number, lines: readonly string[]): void {
  writeFileSync(`/proc/${pid}/uid_map`, lines.join('\n'));
  writeFileSync(`/proc/${pid}/gid_map`, lines.join('\n'));
}
