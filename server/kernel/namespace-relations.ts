// Asks a namespace by its file to whom it belongs (ioctl_nsfs(2)). Knows no process and no lab.
import { fstatSync, readlinkSync, statfsSync } from 'node:fs';
import { closeDescriptor, declare, openDescriptor } from './libc.ts';

const NS_GET_USERNS = 0xb701;
const NS_GET_PARENT = 0xb702;
const O_PATH = 0o10000000;
/** linux/magic.h. */
const NSFS_MAGIC = 0x6e736673;

const ioctl = declare('int ioctl(int fd, uint64 request, int64 value)');

/** Numbers of a namespace, of the user namespace that owns it, and of the one above it where its kind has one. */
export type Relations = { id: string; owner: string | null; parent: string | null };

/**
 * The relations of the namespace that a link of /proc, such as /proc/PID/ns/net or /proc/PID/fd/5, leads to;
 * undefined when it leads to none, or is gone. Nothing else is opened: the link may lead to a FIFO by now.
 */
export function askLink(link: string): Relations | undefined {
  return withDescriptor(
    () => openDescriptor(link, O_PATH),
    (path) =>
      /^\w+:\[\d+\]$/.test(readlinkSync(`/proc/self/fd/${path}`)) ? askFile(path) : undefined,
  );
}

/** The same of what an O_PATH descriptor is of, on a file system that may be asked what it is (statfs(2)). */
export function askFile(path: number): Relations | undefined {
  if (statfsSync(`/proc/self/fd/${path}`).type !== NSFS_MAGIC) return undefined;
  return withDescriptor(
    () => openDescriptor(`/proc/self/fd/${path}`, 0),
    (namespace) => ({
      id: String(fstatSync(namespace, { bigint: true }).ino),
      owner: idOf(ioctl(namespace, NS_GET_USERNS, 0)),
      parent: idOf(ioctl(namespace, NS_GET_PARENT, 0)),
    }),
  );
}

/** Closes it; null when the kernel gave none: it is above all that may be seen, or of a kind without. */
function idOf(descriptor: number): string | null {
  if (descriptor < 0) return null;
  try {
    return String(fstatSync(descriptor, { bigint: true }).ino);
  } finally {
    closeDescriptor(descriptor);
  }
}

/** Undefined when it cannot be opened, or is gone meanwhile. */
function withDescriptor<T>(
  open: () => number,
  ask: (descriptor: number) => T | undefined,
): T | undefined {
  let descriptor: number;
  try {
    descriptor = open();
  } catch {
    return undefined;
  }
  try {
    return ask(descriptor);
  } finally {
    closeDescriptor(descriptor);
  }
}
