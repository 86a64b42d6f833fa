// A lab, made by a copy of the spawner: in a mount namespace of its own it puts the lab's file system
// together, then it goes into the slot's outer user namespace and starts the lab's PID 1 in namespaces of its
// own. When it ends, nothing of what it mounted is left but what the lab holds. [L1] [L3]
import { readSync, writeFileSync } from 'node:fs';
import { LabGroup } from '../cgroups/lab-group.ts';
import { forkInto } from '../../kernel/forking.ts';
import { closeDescriptor, openPipe } from '../../kernel/libc.ts';
import { makeMountsPrivate } from '../../kernel/mounts.ts';
import {
  isUnknownToKernel,
  joinNamespaces,
  namespaceFlags,
  unshare,
} from '../../kernel/namespaces.ts';
import { limitFiles } from '../../kernel/process-identity.ts';
import { identify, type ProcessIdentity } from '../../kernel/processes.ts';
import { OOM_SCORE } from './enter-lab.ts';
import { becomeFirstProcess, SET_UP } from './first-process.ts';
import { buildFileSystem } from './lab-file-system.ts';
import type { MakeLab } from './messages.ts';
import { IDS_PER_SLOT, writeIdMaps } from './prepare-slot.ts';

/** After this many bytes of what a failing set-up says the rest is cut. */
const COMPLAINT_BYTES = 2000;

const allNamespaces = Object.values(namespaceFlags).reduce((sum, flag) => sum + flag, 0);

/** Returns when the lab's PID 1 is set up. Throws what went wrong; the caller's end removes what it mounted. */
export function makeLab(request: MakeLab): ProcessIdentity {
  const { hierarchies, limits, base, place } = request;
  const group = new LabGroup(hierarchies, request.slot);
  group.create(limits, base);
  const { early, late } = group.firstJoinFiles;
  for (const file of early) writeFileSync(file, '0');
  writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
  limitFiles(limits.openFiles);
  unshare(namespaceFlags.mount);
  makeMountsPrivate();
  buildFileSystem(request);
  for (const file of late) writeFileSync(file, '0');
  // Relative from here on: the lab's mapped root may not search the directories above.
  process.chdir(place);
  joinNamespaces(request.outer, namespaceFlags.user);

  const mapped = openPipe();
  const said = openPipe();
  const pid = forkIntoAll();
  if (pid === 0) {
    closeDescriptor(mapped.write);
    becomeFirstProcess({ hierarchies, mapped: mapped.read, say: said.write });
  }
  closeDescriptor(said.write);
  writeIdMaps(pid, [`0 0 ${IDS_PER_SLOT}`]);
  closeDescriptor(mapped.write);
  // Its last word is followed by the end of the pipe, which closes when it becomes the lab's init.
  const words = readAll(said.read);
  if (words !== SET_UP) throw new Error(words.slice(0, COMPLAINT_BYTES) || 'it was killed');
  return identify(pid);
}

/** Linux before 6.3 knows the time namespace in unshare(2) alone; the next process is born into it. */
function forkIntoAll(): number {
  try {
    return forkInto(allNamespaces);
  } catch (error) {
    if (!isUnknownToKernel(error)) throw error;
    unshare(namespaceFlags.time);
    return forkInto(allNamespaces - namespaceFlags.time);
  }
}

function readAll(descriptor: number): string {
  let text = '';
  const chunk = Buffer.alloc(4096);
  for (let size = 1; size > 0;) {
    size = readSync(descriptor, chunk);
    text += chunk.toString('utf8', 0, size);
  }
  return text;
}
