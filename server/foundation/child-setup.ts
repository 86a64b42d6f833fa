// What main tells keeper, link and web over their IPC channel when it starts them. Parsed by each child.
import { z } from 'zod';
import { labIdSchema, terminalIdSchema } from '../protocol/ids.ts';

export const limitsSchema = z.strictObject({
  memoryBytes: z.int(),
  pids: z.int(),
  cpuPercent: z.int(),
  diskBytes: z.int(),
  ioBytesPerSecond: z.int(),
  ioOperationsPerSecond: z.int(),
  namespaces: z.int(),
  networks: z.int(),
  inotifyInstances: z.int(),
  inotifyWatches: z.int(),
  openFiles: z.int(),
  ptys: z.int(),
});

const configSchema = z.strictObject({
  port: z.int(),
  host: z.string(),
  stateDir: z.string(),
  roles: z.enum(['all', 'web']),
  logLevel: z.string(),
  origins: z.array(z.string()),
  proxies: z.array(z.string()),
  labs: z.int(),
  labsPerAddress: z.int(),
  terminalsPerLab: z.int(),
  terminalBytesPerSecond: z.int(),
  recordingBytes: z.int(),
  idleMs: z.number(),
  ageMs: z.number(),
  freezeAfterMs: z.number(),
  checkpoints: z.strictObject({
    bytes: z.int(),
    everyMs: z.number(),
    keepMs: z.number(),
    allBytes: z.int(),
  }),
  diskReserveBytes: z.int(),
  readyImages: z.int(),
  warmLabs: z.int(),
  limits: limitsSchema,
});

const terminalPlaceSchema = z.strictObject({ lab: labIdSchema, terminal: terminalIdSchema });
export type TerminalPlace = z.infer<typeof terminalPlaceSchema>;

/** First IPC message to a child: its configuration and the key that signs grants and cookies. */
export const setupSchema = z.strictObject({
  type: z.literal('setup'),
  config: configSchema,
  /** 32 bytes, hexadecimal. keeper gets an empty string: it signs nothing. */
  key: z.string(),
  /** Directory of sockets and locks. */
  runDir: z.string(),
  /** Directory that this process may write: progress (web), outbox (link), labs (keeper). */
  ownDir: z.string(),
  /** User that may connect to keeper. */
  linkUser: z.int(),
  /** What keeper does with labs that an earlier one left: a new server removes them, a keeper started
   * again by the same server takes over those that live. */
  recover: z.enum(['remove', 'adopt']),
  /** PTY masters that main kept for a keeper started again: descriptors that it was born with. */
  masters: z.array(terminalPlaceSchema.extend({ fd: z.int() })).optional(),
});
export type Setup = z.infer<typeof setupSchema>;

/** IPC messages of a child to main. */
export const childReportSchema = z.discriminatedUnion('type', [
  /** Listening. `port` is set by web. */
  z.strictObject({ type: z.literal('ready'), port: z.int().optional() }),
  /** Cannot start: the sentence is printed as it is. */
  z.strictObject({ type: z.literal('failed'), sentence: z.string() }),
]);
export type ChildReport = z.infer<typeof childReportSchema>;

/** keeper → main: keep a copy of this terminal's master, sent before as `descriptor` over the socket `masters`; or let
 * go of it. */
export const masterMessageSchema = z.discriminatedUnion('type', [
  terminalPlaceSchema.extend({ type: z.literal('hold-master'), descriptor: z.int() }),
  terminalPlaceSchema.extend({ type: z.literal('release-master') }),
]);
export type MasterMessage = z.infer<typeof masterMessageSchema>;

/** main → child: stop now, in order, and exit. */
export const stopMessage = { type: 'stop' } as const;

export const socketNames = {
  keeper: 'keeper.sock',
  keeperDescriptors: 'keeper-fd.sock',
  link: 'link.sock',
  masters: 'masters.sock',
} as const;
