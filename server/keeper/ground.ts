// keeper's own ground before the first lab: nothing inheritable is open, the machine's counts have room for all
// labs, what labs may never call is refused for keeper and all its children, and the modules that labs cannot
// load are there. [L6] [L16]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../foundation/config.ts';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { markDescriptorsCloseOnExec } from '../kernel/libc.ts';
import { loadSeccomp } from '../kernel/seccomp.ts';
import { favourMoves } from './cgroups/quick-moves.ts';
import { machineCounts, raiseMachineCounts } from './machine-counts.ts';

/**
 * What Docker's default profile refuses (moby, profiles/seccomp), save what the course teaches. Of io_uring
 * only the set-up: libuv uses rings that it made before, and nobody in a lab can get one without it.
 */
const refusedCalls = [
  'acct add_key bpf clock_adjtime clock_settime create_module delete_module fanotify_init finit_module',
  'get_kernel_syms init_module io_uring_setup ioperm iopl kexec_file_load',
  'kexec_load keyctl lookup_dcookie mbind migrate_pages move_pages nfsservctl open_by_handle_at',
  'perf_event_open query_module quotactl quotactl_fd reboot request_key set_mempolicy settimeofday stime',
  'swapoff swapon sysfs syslog uselib userfaultfd ustat vm86 vm86old',
].flatMap((line) => line.split(' '));

/**
 * The families that lessons need (socket(2)): AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET. A network
 * namespace isolates these; not AF_VSOCK and AF_ALG, and of the others nobody knows what they bring.
 */
const families = [1, 2, 10, 16, 17];

/**
 * Supplementary groups of a process (setgroups(2)). The kernel allows 65,536, and then takes 40 ms to write one
 * /proc/PID/status: a lab full of such processes would keep keeper from all others for half a minute a look.
 */
const atMost = { setgroups: 64 };

/** Kernel parts that may be modules; a lab's root cannot load any. */
const modules = [
  'overlay',
  'loop',
  'ext4',
  'veth',
  'bridge',
  'macvlan',
  'nf_tables',
  'nft_chain_nat',
  'nft_masq',
  'nft_compat',
  'nf_conntrack',
  'xt_MASQUERADE',
  'xt_conntrack',
];

export function prepareGround(log: Log, config: Config): void {
  markDescriptorsCloseOnExec();
  raiseMachineCounts(machineCounts(config), log);
  favourMoves(log);
  // Built in, or not there: what is missing costs a chapter, and doctor tells it.
  const loaded = spawnSync('modprobe', ['--all', '--quiet', ...modules], { stdio: 'ignore' });
  if (loaded.error !== undefined)
    log.warn({ error: loaded.error.message }, 'modprobe cannot be run');
  try {
    loadSeccomp({ refused: refusedCalls, families, atMost });
  } catch (cause) {
    throw new ExplainedError({
      code: 'no-seccomp',
      sentence: `The system call filter that holds labs cannot be loaded: ${messageOf(cause)}.`,
      remedy: 'Install the Debian package libseccomp2 and start as root.',
      cause,
    });
  }
}

/** The labs' root directory of the newest complete build below `stateDir`. */
export function findTree(stateDir: string): string {
  const rootfs = join(stateDir, 'rootfs');
  const names = existsSync(rootfs) ? readdirSync(rootfs) : [];
  const complete = names.filter((name) => existsSync(join(rootfs, name, 'manifest.json')));
  const [name] = complete.toSorted((a, b) => builtAt(join(rootfs, b)) - builtAt(join(rootfs, a)));
  if (name === undefined) {
    throw new ExplainedError({
      code: 'no-rootfs',
      sentence: `There is no root directory for labs in ${rootfs}.`,
      remedy: 'Run `npm start`, which builds it.',
    });
  }
  return join(rootfs, name, 'tree');
}

/** Directory below which labs are put together; in keeper's mount namespace only. */
export function makeGround(runDir: string): string {
  const ground = join(runDir, 'labs');
  mkdirSync(ground, { recursive: true, mode: 0o700 });
  return ground;
}

const manifestSchema = z.object({ built: z.iso.datetime() });

function builtAt(directory: string): number {
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
  return new Date(manifestSchema.parse(manifest).built).getTime();
}
