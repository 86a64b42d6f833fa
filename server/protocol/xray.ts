// What a page is shown of a lab (the x-ray), and the differences that it is sent by: each entry has a key, and
// a difference names the entries that are new or have changed, and those that are gone. Knows no socket.
import { z } from 'zod';
import { networkSchema } from './network.ts';
import { overlaySchema } from './snapshot-layers.ts';
import { namespaceSchema } from './snapshot-namespaces.ts';
import {
  groupSchema,
  mountSchema,
  namespaceIdSchema,
  namespacesSchema,
  placeSchema,
  processSchema,
} from './snapshot.ts';

const xrayMountSchema = z.strictObject({
  ...mountSchema.shape,
  /** Mount namespace that it is in. */
  namespace: namespaceIdSchema,
});
export type XrayMount = z.infer<typeof xrayMountSchema>;

const labSchema = z.strictObject({ namespaces: namespacesSchema, root: placeSchema });

/** How many entries there are beyond those that are shown: a page must stay calm under a fork bomb. */
const hiddenSchema = z.strictObject({
  processes: z.int().min(0),
  mounts: z.int().min(0),
  overlays: z.int().min(0),
  namespaces: z.int().min(0),
  groups: z.int().min(0),
});

/** Key of a process: PIDs are used again, with the start time they are not. */
export function processKey(process: { pid: number; startTime: number }): string {
  return `${process.pid}:${process.startTime}`;
}

/** Key of a mount: its number, and the namespace it is in. */
export function mountKey(mount: { namespace: string; id: number }): string {
  return `${mount.namespace}:${mount.id}`;
}

/** Key of a namespace: numbers are one to a kind. */
export function namespaceKey({ kind, id }: { kind: string; id: string }): string {
  return `${kind}:${id}`;
}

/** The entries of one kind that differ. */
const partSchema = <Entry extends z.ZodType>(entry: Entry) =>
  z.strictObject({ set: z.record(z.string(), entry), gone: z.array(z.string()) });

export const xrayMessageSchema = z.strictObject({
  type: z.literal('xray'),
  /** True for the first after `xray` on: everything that there is. */
  whole: z.boolean(),
  /** Milliseconds since the epoch when the observation began. */
  at: z.number(),
  lab: labSchema,
  hidden: hiddenSchema,
  processes: partSchema(processSchema),
  mounts: partSchema(xrayMountSchema),
  /** By device. */
  overlays: partSchema(overlaySchema),
  namespaces: partSchema(namespaceSchema),
  /** By path. */
  groups: partSchema(groupSchema),
  /** By id of the namespace; none while the page has not asked for them. */
  networks: partSchema(networkSchema),
});
export type XrayMessage = z.infer<typeof xrayMessageSchema>;

const sections = ['processes', 'mounts', 'overlays', 'namespaces', 'groups', 'networks'] as const;
type Section = (typeof sections)[number];

export type XrayView = Pick<XrayMessage, 'at' | 'lab' | 'hidden'> & {
  [Name in Section]: XrayMessage[Name]['set'];
};

export function emptyView({
  at,
  lab,
  hidden,
}: Pick<XrayMessage, 'at' | 'lab' | 'hidden'>): XrayView {
  return {
    at,
    lab,
    hidden,
    processes: {},
    mounts: {},
    overlays: {},
    namespaces: {},
    groups: {},
    networks: {},
  };
}

/** What leads from one view to the other; undefined when nothing but the time has changed. */
export function diffViews(before: XrayView | undefined, after: XrayView): XrayMessage | undefined {
  const from = before ?? emptyView(after);
  const processes = diffEntries(from.processes, after.processes);
  const mounts = diffEntries(from.mounts, after.mounts);
  const overlays = diffEntries(from.overlays, after.overlays);
  const namespaces = diffEntries(from.namespaces, after.namespaces);
  const groups = diffEntries(from.groups, after.groups);
  const networks = diffEntries(from.networks, after.networks);
  const parts = { processes, mounts, overlays, namespaces, groups, networks };
  const isSame = Object.values(parts).every(
    ({ set, gone }) => Object.keys(set).length === 0 && gone.length === 0,
  );
  const { at, lab, hidden } = after;
  if (before !== undefined && isSame && isEqual(before.hidden, hidden)) return undefined;
  return { type: 'xray', whole: before === undefined, at, lab, hidden, ...parts };
}

/** The view after a difference; `before` is not changed, and entries that are the same are shared with it. */
export function applyDiff(before: XrayView | undefined, message: XrayMessage): XrayView {
  const from = message.whole || before === undefined ? emptyView(message) : before;
  const { at, lab, hidden } = message;
  return {
    at,
    lab,
    hidden,
    processes: applyEntries(from.processes, message.processes),
    mounts: applyEntries(from.mounts, message.mounts),
    overlays: applyEntries(from.overlays, message.overlays),
    namespaces: applyEntries(from.namespaces, message.namespaces),
    groups: applyEntries(from.groups, message.groups),
    networks: applyEntries(from.networks, message.networks),
  };
}

type Entries<Entry> = Record<string, Entry>;
type Part<Entry> = { set: Entries<Entry>; gone: string[] };

function diffEntries<Entry>(before: Entries<Entry>, after: Entries<Entry>): Part<Entry> {
  const changed = Object.entries(after).filter(([key, entry]) => !isEqual(before[key], entry));
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return { set: Object.fromEntries(changed), gone };
}

function applyEntries<Entry>(before: Entries<Entry>, { set, gone }: Part<Entry>): Entries<Entry> {
  const isGone = new Set(gone);
  const kept = Object.entries(before).filter(([key]) => !isGone.has(key));
  return { ...Object.fromEntries(kept), ...set };
}

/** Both come from the same reader, so that their keys are in the same order. */
function isEqual(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
