// What has been read of a lab already when the facts that are drawn only are looked for, and which of its file
// systems keeper may ask anything. Knows no fact of these.
import { readAtMost } from '../../kernel/kernel-files.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import type { Sight } from './read-lab.ts';

export type LabScene = {
  initPid: number;
  lab: Snapshot['lab'];
  sight: Sight;
};

const MOUNTINFO_BYTES = 512 * 1024;
/** File systems of the kernel's own, on which no call waits for a program of the learner. */
const kernelTypes: ReadonlySet<string> = new Set(['ext4', 'tmpfs', 'nsfs']);

/**
 * Whether a mount that keeper stands before (`openSteadily`) is of a file system that may be asked: of one of the
 * kernel's own, or the lab's root. Other overlays may have a layer that a program answers for. Looked up now: the
 * number of a mount that was read earlier may be another one's.
 */
export function mayEnter({ lab }: LabScene, hostPid: number, mount: number): boolean {
  try {
    const { text } = readAtMost(`/proc/${hostPid}/mountinfo`, MOUNTINFO_BYTES);
    const line = text.split('\n').find((one) => one.startsWith(`${mount} `));
    const [, , device] = line?.split(' ') ?? [];
    const [, type = ''] = / - (\S+) /.exec(line ?? '') ?? [];
    return kernelTypes.has(type) || (type === 'overlay' && device === lab.root.device);
  } catch {
    return false;
  }
}
