// Probes of what a lab's files and limits need: overlay, loop, idmapped mounts, devpts, cgroups, room.
import {
  mkdirSync,
  openSync,
  readFileSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { closeDescriptor } from '../../kernel/libc.ts';
import { attachLoop } from '../../kernel/loop-device.ts';
import { bindIdmapped, detachMount, mount } from '../../kernel/mounts.ts';
import {
  describeHierarchies,
  findHierarchies,
  missingControllers,
} from '../cgroups/hierarchies.ts';
import { findTree } from '../ground.ts';
import { lowestFreeBase } from '../lab/slots.ts';
import { Spawner } from '../spawner/spawner.ts';
import type { Probe, ProbeContext } from './finding.ts';
import { tryCommand } from './try-command.ts';

const MiB = 1024 * 1024;
/** An ext4 file system is no smaller than this without complaint. */
const IMAGE_BYTES = 8 * MiB;
/** Below this the host's own programs could run out of terminals. */
const PTYS = 1024;

export const fileProbes: readonly Probe[] = [
  {
    id: 'overlay',
    thing: 'overlay file systems',
    required: true,
    tested: 'mounted one with the option volatile',
    cost: 'no lab can be made',
    remedy: 'modprobe overlay, or a kernel 5.10 or later with CONFIG_OVERLAY_FS.',
    look: ({ scratch }) => {
      const at = (name: string) => join(scratch, 'overlay', name);
      mount(makeDirectory(at('')), { source: 'scratch', type: 'tmpfs' });
      for (const name of ['lower', 'upper', 'work', 'merged']) makeDirectory(at(name));
      const layers = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`;
      mount(at('merged'), { source: 'lab', type: 'overlay', data: `${layers},volatile` });
      detachMount(at(''));
      return 'mounted';
    },
  },
  {
    id: 'loop-ext4-idmap',
    thing: 'loop devices with ext4, and mounts with mapped ids',
    required: true,
    tested: 'made an 8 MiB image, mounted it, and bound it with ids mapped',
    cost: 'labs would have no disk of exact size, or no ids of their own',
    remedy: 'modprobe loop ext4, and a kernel 5.12 or later.',
    look: (context) => tryDisk(context),
  },
  {
    id: 'devpts',
    thing: 'devpts instances',
    required: true,
    tested: 'mounted one with newinstance',
    cost: 'no terminal of a lab',
    remedy: 'Use a kernel 4.7 or later.',
    look: ({ scratch }) => {
      const place = makeDirectory(join(scratch, 'pts'));
      mount(place, { source: 'devpts', type: 'devpts', data: 'newinstance,ptmxmode=0666,max=4' });
      detachMount(place);
      return 'mounted';
    },
  },
  {
    id: 'cgroups',
    thing: 'cgroup controllers memory, pids and cpu',
    required: true,
    tested: 'read the mounted hierarchies and the controllers that they offer',
    cost: 'one learner could take the whole machine: keeper does not start without limits',
    remedy: 'Mount cgroup v2 (systemd does), or the v1 hierarchies of these controllers.',
    look: () => {
      const hierarchies = findHierarchies();
      const missing = missingControllers(hierarchies);
      if (missing.length > 0) throw new Error(`${missing.join(', ')} not offered`);
      const limits = hierarchies.filter((one) => one.controllers.length > 0);
      return `${describeHierarchies(hierarchies)}; limits on ${describeHierarchies(limits)}`;
    },
  },
  {
    id: 'ptys',
    thing: 'room for terminals (kernel.pty.max)',
    required: false,
    tested: 'read /proc/sys/kernel/pty/{max,nr}',
    cost: 'all labs together share them: later terminals are refused',
    remedy: 'sysctl kernel.pty.max=16384',
    look: () => {
      const [max, used] = ['max', 'nr'].map((name) =>
        Number(readFileSync(`/proc/sys/kernel/pty/${name}`, 'utf8')),
      );
      if ((max ?? 0) - (used ?? 0) < PTYS) throw new Error(`${used} of ${max} are used`);
      return `${used} of ${max} used`;
    },
  },
  {
    id: 'disk',
    thing: 'disk for labs',
    required: true,
    tested: 'free bytes of the state directory against what one lab is promised',
    cost: 'no lab is admitted',
    remedy: 'Free some, or set COULISSE_STATE to a larger disk or COULISSE_LAB_DISK_MIB lower.',
    look: ({ stateDir, diskBytes }) => {
      const { bavail, bsize } = statfsSync(stateDir);
      const free = bavail * bsize;
      if (free < diskBytes)
        throw new Error(`${Math.floor(free / MiB)} MiB free, a lab is promised ${diskBytes / MiB}`);
      return `${Math.floor(free / MiB)} MiB free: ${Math.floor(free / diskBytes)} labs`;
    },
  },
  {
    id: 'rootfs',
    thing: 'the root directory of labs',
    required: true,
    tested: 'looked for a complete build in the state directory',
    cost: 'no lab can be made',
    remedy: 'npm start builds it.',
    look: ({ stateDir }) => findTree(stateDir),
  },
];

async function tryDisk({ scratch }: ProbeContext): Promise<string> {
  const image = join(scratch, 'image');
  writeFileSync(image, '');
  truncateSync(image, IMAGE_BYTES);
  tryCommand('/sbin/mkfs.ext4', ['-q', '-F', image]);
  const place = makeDirectory(join(scratch, 'disk'));
  const mapped = makeDirectory(join(scratch, 'mapped'));
  const loop = attachLoop(image);
  try {
    mount(place, { source: loop.path, type: 'ext4' });
  } finally {
    closeDescriptor(loop.descriptor);
  }
  try {
    await withUserNamespace((userNamespace) => {
      bindIdmapped({ source: place, target: mapped, userNamespace, readOnly: true });
      detachMount(mapped);
    });
  } finally {
    detachMount(place);
  }
  return 'mounted and mapped';
}

/** Runs `work` with the outer user namespace of a slot, made as labs have it. */
async function withUserNamespace(work: (descriptor: number) => void): Promise<void> {
  const spawner = await Spawner.start({}, () => undefined);
  try {
    const outer = await spawner.prepareSlot({ base: lowestFreeBase(), counts: {} });
    const descriptor = openSync(`/proc/${spawner.pid}/fd/${outer}`, 'r');
    try {
      work(descriptor);
    } finally {
      closeDescriptor(descriptor);
    }
  } finally {
    await spawner.stop();
  }
}

function makeDirectory(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
