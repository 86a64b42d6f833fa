// A lab: a process in a mount namespace of its own puts the lab's file system together, then goes into the slot's
// outer user namespace and starts the lab's PID 1 in namespaces of its own. When it ends, nothing of what it
// mounted is left but what the lab holds. [L1] [L3]
import { LabGroup } from '../cgroups/lab-group.ts';
import type { CallList, CallProgram } from '../../kernel/call-program.ts';
import {
  announce,
  changeDirectory,
  cloneInto,
  endAfter,
  exit,
  hideFromTracers,
  joinNamespaces,
  limitFiles,
  mount,
  unshare,
  waitFor,
  writeText,
} from '../../kernel/child-calls.ts';
import { closeDescriptor, openEvent } from '../../kernel/libc.ts';
import { attachLoop } from '../../kernel/loop-device.ts';
import { mountFlags } from '../../kernel/mounts.ts';
import { namespaceFlags } from '../../kernel/namespaces.ts';
import { identify, type ProcessIdentity } from '../../kernel/processes.ts';
import { runProgram } from '../../kernel/run-program.ts';
import { OOM_SCORE } from './enter-lab.ts';
import { becomeFirstProcess, type Signals } from './first-process.ts';
import { buildFileSystem } from './lab-file-system.ts';
import { ENDS_AFTER_S } from './limits.ts';
import type { MakeLab } from './messages.ts';
import { IDS_PER_SLOT } from './prepare-slot.ts';

const allNamespaces = Object.values(namespaceFlags).reduce((sum, flag) => sum + flag, 0);

export class LabMaking {
  /** Linux before 6.3 knows the time namespace in unshare(2) alone. */
  readonly #hasCloneOfTime: boolean;

  constructor({ hasCloneOfTime }: { hasCloneOfTime: boolean }) {
    this.#hasCloneOfTime = hasCloneOfTime;
  }

  /** The lab's PID 1, set up. Throws what went wrong; what was mounted is gone then. */
  async make(request: MakeLab): Promise<ProcessIdentity> {
    const group = new LabGroup(request.hierarchies, request.slot);
    group.create(request.limits, request.base);
    const loop = attachLoop(request.image);
    const signals = { isBorn: openEvent(), isMapped: openEvent() };
    try {
      const descriptors = [request.outer, signals.isBorn, signals.isMapped];
      const { done } = runProgram({ descriptors }, (program) =>
        this.#write(program, request, { device: loop.path, joins: group.firstJoinFiles, signals }),
      );
      // Its PID, and that all is well: the reports end when it becomes the lab's init.
      const [pid, isSetUp] = await done;
      if (pid === undefined || isSetUp === undefined) throw new Error('it was killed');
      return identify(pid);
    } finally {
      closeDescriptor(loop.descriptor);
      closeDescriptor(signals.isBorn);
      closeDescriptor(signals.isMapped);
    }
  }

  #write(program: CallProgram, request: MakeLab, lab: LabParts): void {
    const { main } = program;
    const { limits, place, outer, hierarchies } = request;
    hideFromTracers(main);
    endAfter(main, ENDS_AFTER_S);
    for (const file of lab.joins.early) writeText(main, file, '0');
    writeText(main, '/proc/self/oom_score_adj', OOM_SCORE);
    limitFiles(main, limits.openFiles);
    unshare(main, namespaceFlags.mount);
    mount(main, '/', { flags: mountFlags.private | mountFlags.recursive });
    main.call('umask', [0]);
    buildFileSystem(main, { ...request, device: lab.device });
    for (const file of lab.joins.late) writeText(main, file, '0');
    // Relative from here on: the lab's mapped root may not search the directories above.
    changeDirectory(main, place);
    joinNamespaces(main, outer, namespaceFlags.user);
    const first = program.branch();
    becomeFirstProcess(first, { hierarchies, signals: lab.signals });
    this.#clone(main, first);
    main.tell();
    waitFor(main, lab.signals.isBorn);
    for (const file of ['uid_map', 'gid_map']) {
      writeText(main, { inKept: file }, `0 0 ${IDS_PER_SLOT}`);
    }
    announce(main, lab.signals.isMapped);
    exit(main);
  }

  #clone(list: CallList, branch: CallList): void {
    if (this.#hasCloneOfTime) cloneInto(list, allNamespaces, branch);
    else {
      unshare(list, namespaceFlags.time);
      cloneInto(list, allNamespaces - namespaceFlags.time, branch);
    }
  }
}

type LabParts = {
  /** The loop device that shows the lab's image. */
  device: string;
  joins: LabGroup['firstJoinFiles'];
  signals: Signals;
};

/** Whether clone3(2) knows the time namespace (Linux 6.3). */
export async function canCloneTime(): Promise<boolean> {
  const { done } = runProgram({ descriptors: [] }, (program) => {
    const child = program.branch();
    exit(child);
    cloneInto(program.main, namespaceFlags.time, child);
    program.main.tell();
    exit(program.main);
  });
  return done.then(
    () => true,
    () => false,
  );
}
