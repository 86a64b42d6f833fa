// Opens a PTY of a certain devpts by node-pty's native openpty(3), which knows only /dev/ptmx and /dev/pts of its
// caller: those of the lab are laid over them for the moment. Only in keeper's mount namespace. [L7]
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { bindMount, detachMount } from '../../kernel/mounts.ts';
import type { TerminalSize } from '../../protocol/ids.ts';

export type Pty = {
  /** Descriptors, which the caller closes. */
  master: number;
  slave: number;
  /** Path of the slave in keeper's mount namespace. */
  path: string;
};

const openedSchema = z.looseObject({ master: z.int(), slave: z.int(), pty: z.string() });
const open = findOpen();

export function openPty(pts: string, { cols, rows }: TerminalSize): Pty {
  const { master, slave, pty } = openedSchema.parse(onDevptsOf(pts, () => open(cols, rows)));
  return { master, slave, path: join(pts, basename(pty)) };
}

function onDevptsOf<T>(pts: string, work: () => T): T {
  bindMount(pts, '/dev/pts');
  try {
    bindMount(join(pts, 'ptmx'), '/dev/ptmx');
    try {
      return work();
    } finally {
      detachMount('/dev/ptmx');
    }
  } finally {
    detachMount('/dev/pts');
  }
}

/**
 * The native `open` of node-pty. Its JavaScript `open` makes streams of both ends, which read at once; here no
 * byte may be read. (A lost prompt in two of three terminals was seen.)
 */
function findOpen(): (cols: number, rows: number) => unknown {
  const requireFromHere = createRequire(import.meta.url);
  const helper: unknown = requireFromHere('node-pty/requireBinary.js');
  const native = call(propertyOf(helper, 'requireBinary'), 'pty.node');
  const found = propertyOf(native, 'open');
  return (cols, rows) => call(found, cols, rows);
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function call(what: unknown, ...values: unknown[]): unknown {
  if (typeof what !== 'function') throw new Error('this node-pty has no native open');
  return Reflect.apply(what, undefined, values);
}
