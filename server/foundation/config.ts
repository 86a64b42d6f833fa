// The only reader of the environment: every setting with its unit, default and limits. Options are passed
// down from here; nobody else looks at process.env.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ExplainedError } from './errors.ts';

const MiB = 1024 * 1024;

const integer = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

const environmentSchema = z.object({
  PORT: integer(0, 65535, 3000),
  HOST: z.string().min(1).max(255).default('127.0.0.1'),
  COULISSE_STATE: z.string().startsWith('/').optional(),
  COULISSE_ROLES: z.enum(['all', 'web']).default('all'),
  COULISSE_LOG: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('warn'),
  /** Further origins that may open a lab, comma-separated, such as https://lab.example.org. */
  COULISSE_ORIGINS: z.string().default(''),
  /** Addresses of reverse proxies whose X-Forwarded-For is believed, comma-separated. */
  COULISSE_PROXIES: z.string().default(''),
  COULISSE_LABS: integer(1, 4000, 100),
  COULISSE_LABS_PER_ADDRESS: integer(1, 4000, 40),
  COULISSE_TERMINALS_PER_LAB: integer(1, 32, 8),
  /** What the terminals of one lab may print together in the long run; 0 for no limit. */
  COULISSE_TERMINALS_MIB_PER_S: integer(0, 1_048_576, 64),
  /** Of each terminal's recording; 0 for no recordings. */
  COULISSE_RECORDING_MIB: integer(0, 1024, 4),
  COULISSE_IDLE_MINUTES: z.coerce.number().positive().max(10_080).default(20),
  /** A lab that no page shows is frozen after this time, and goes on when one does; 0 for never. */
  COULISSE_FREEZE_MINUTES: z.coerce.number().min(0).max(10_080).default(5),
  COULISSE_AGE_MINUTES: z.coerce.number().positive().max(10_080).default(240),
  COULISSE_LAB_MEMORY_MIB: integer(64, 65_536, 512),
  COULISSE_LAB_PIDS: integer(32, 32_768, 512),
  COULISSE_LAB_CPU_PERCENT: integer(5, 6_400, 100),
  COULISSE_LAB_DISK_MIB: integer(64, 65_536, 1024),
  /** Bandwidth and operations of a lab's disk, each way; 0 for no limit. */
  COULISSE_LAB_IO_MIB_PER_S: integer(0, 1_048_576, 100),
  COULISSE_LAB_IO_PER_S: integer(0, 10_000_000, 4000),
  /** Of each kind that /proc/sys/user counts, those of the lab itself among them. */
  COULISSE_LAB_NAMESPACES: integer(16, 65_536, 256),
  /** Of these the network namespaces: what the kernel keeps for each is charged to nobody. */
  COULISSE_LAB_NETWORKS: integer(8, 65_536, 32),
  COULISSE_LAB_INOTIFY_INSTANCES: integer(1, 65_536, 128),
  COULISSE_LAB_INOTIFY_WATCHES: integer(1, 1_048_576, 8192),
  /** Of one process. */
  COULISSE_LAB_OPEN_FILES: integer(64, 1_048_576, 4096),
  COULISSE_LAB_PTYS: integer(8, 4096, 64),
  /** The home folder that a learner's next lab gets back: the size of one, 0 to keep none. */
  COULISSE_CHECKPOINT_MIB: integer(0, 65_536, 64),
  /** While a lab is used; 0 for only when it ends. */
  COULISSE_CHECKPOINT_MINUTES: z.coerce.number().min(0).max(10_080).default(5),
  COULISSE_CHECKPOINT_DAYS: z.coerce.number().positive().max(3650).default(7),
  /** Of all learners together. */
  COULISSE_CHECKPOINTS_MIB: integer(1, 16_777_216, 4096),
  /** Disk of the lab host that stays free whatever is promised to labs. */
  COULISSE_DISK_RESERVE_MIB: integer(0, 1_048_576, 1024),
  /** File-system images kept ready for the next labs. */
  COULISSE_READY_IMAGES: integer(0, 1024, 2),
  /** Labs kept ready for those who come next. */
  COULISSE_WARM_LABS: integer(0, 1000, 2),
});

export type LabLimits = {
  memoryBytes: number;
  pids: number;
  /** Percent of one core. */
  cpuPercent: number;
  diskBytes: number;
  /** Each way; 0 for no limit. */
  ioBytesPerSecond: number;
  ioOperationsPerSecond: number;
  /** Namespaces of each kind (user.max_*_namespaces, namespaces(7)). */
  namespaces: number;
  /** Network namespaces, instead. */
  networks: number;
  inotifyInstances: number;
  inotifyWatches: number;
  /** RLIMIT_NOFILE of every process. */
  openFiles: number;
  /** Pseudoterminals of the lab's devpts, those of its terminals among them. */
  ptys: number;
};

/** Home folders that outlive their labs. */
export type Checkpoints = {
  /** Of one; 0 to keep none. */
  bytes: number;
  /** Between two of a lab in use; 0 for only at its end. */
  everyMs: number;
  keepMs: number;
  /** Of all together. */
  allBytes: number;
};

export type Config = {
  port: number;
  host: string;
  /** Where everything that lasts is kept. */
  stateDir: string;
  roles: 'all' | 'web';
  logLevel: string;
  origins: string[];
  proxies: string[];
  labs: number;
  labsPerAddress: number;
  terminalsPerLab: number;
  /** Of all terminals of a lab together, in the long run; 0 for no limit. */
  terminalBytesPerSecond: number;
  /** Most bytes of one recording; 0 for none. */
  recordingBytes: number;
  idleMs: number;
  ageMs: number;
  /** After the last page has left; 0 for never. */
  freezeAfterMs: number;
  checkpoints: Checkpoints;
  diskReserveBytes: number;
  readyImages: number;
  /** Labs kept ready, each with a terminal. */
  warmLabs: number;
  limits: LabLimits;
};

/** Reads and checks the environment. Throws ExplainedError naming the variable, the value and the rule. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'the environment');
    throw new ExplainedError({
      code: 'bad-configuration',
      sentence: `${name}=${JSON.stringify(environment[name])} is not usable: ${issue?.message ?? ''}.`,
      remedy: 'Correct or unset it; docs/OPERATING.md lists every setting with its limits.',
    });
  }
  const env = parsed.data;
  if (env.COULISSE_LAB_PTYS < env.COULISSE_TERMINALS_PER_LAB) {
    throw new ExplainedError({
      code: 'bad-configuration',
      sentence: `COULISSE_LAB_PTYS=${env.COULISSE_LAB_PTYS} is not usable: a lab may have ${env.COULISSE_TERMINALS_PER_LAB} terminals, and each is one.`,
      remedy: 'Set it at least as high as COULISSE_TERMINALS_PER_LAB.',
    });
  }
  return {
    port: env.PORT,
    host: env.HOST,
    stateDir: env.COULISSE_STATE ?? defaultStateDir(environment),
    roles: env.COULISSE_ROLES,
    logLevel: env.COULISSE_LOG,
    origins: splitList(env.COULISSE_ORIGINS),
    proxies: splitList(env.COULISSE_PROXIES),
    labs: env.COULISSE_LABS,
    labsPerAddress: env.COULISSE_LABS_PER_ADDRESS,
    terminalsPerLab: env.COULISSE_TERMINALS_PER_LAB,
    terminalBytesPerSecond: env.COULISSE_TERMINALS_MIB_PER_S * MiB,
    recordingBytes: env.COULISSE_RECORDING_MIB * MiB,
    idleMs: env.COULISSE_IDLE_MINUTES * 60_000,
    freezeAfterMs: env.COULISSE_FREEZE_MINUTES * 60_000,
    ageMs: env.COULISSE_AGE_MINUTES * 60_000,
    checkpoints: {
      bytes: env.COULISSE_CHECKPOINT_MIB * MiB,
      everyMs: env.COULISSE_CHECKPOINT_MINUTES * 60_000,
      keepMs: env.COULISSE_CHECKPOINT_DAYS * 24 * 3_600_000,
      allBytes: env.COULISSE_CHECKPOINTS_MIB * MiB,
    },
    diskReserveBytes: env.COULISSE_DISK_RESERVE_MIB * MiB,
    readyImages: env.COULISSE_READY_IMAGES,
    warmLabs: env.COULISSE_WARM_LABS,
    limits: {
      memoryBytes: env.COULISSE_LAB_MEMORY_MIB * MiB,
      pids: env.COULISSE_LAB_PIDS,
      cpuPercent: env.COULISSE_LAB_CPU_PERCENT,
      diskBytes: env.COULISSE_LAB_DISK_MIB * MiB,
      ioBytesPerSecond: env.COULISSE_LAB_IO_MIB_PER_S * MiB,
      ioOperationsPerSecond: env.COULISSE_LAB_IO_PER_S,
      namespaces: env.COULISSE_LAB_NAMESPACES,
      networks: env.COULISSE_LAB_NETWORKS,
      inotifyInstances: env.COULISSE_LAB_INOTIFY_INSTANCES,
      inotifyWatches: env.COULISSE_LAB_INOTIFY_WATCHES,
      openFiles: env.COULISSE_LAB_OPEN_FILES,
      ptys: env.COULISSE_LAB_PTYS,
    },
  };
}

function defaultStateDir(environment: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return '/var/lib/coulisse';
  return join(environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'coulisse');
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
