// The link process: takes its setup and the upgraded sockets from main over IPC, and stops when main says so
// or is gone. Knows no browser.
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  setupSchema,
  stopMessage,
  type ChildReport,
  type Setup,
} from '../foundation/child-setup.ts';
import { messageOf } from '../foundation/errors.ts';
import { createLog } from '../foundation/log.ts';
import { handoverSchema } from '../protocol/peer-messages.ts';
import { startLink, type Link } from './link.ts';
import { openBook } from './open-book.ts';

const messageSchema = z.discriminatedUnion('type', [
  setupSchema,
  handoverSchema,
  z.strictObject({ type: z.literal(stopMessage.type) }),
]);

const coursesDir = fileURLToPath(new URL('../../content/courses', import.meta.url));

/** Milliseconds for the close frames to leave before the process ends. */
const FAREWELL_MS = 100;

let link: Link | undefined;
let isStopping = false;

async function start(setup: Setup): Promise<void> {
  try {
    const log = createLog('link', setup.config.logLevel);
    link = await startLink({ setup, book: openBook(coursesDir), log });
    report({ type: 'ready' });
  } catch (cause) {
    report({ type: 'failed', sentence: `link cannot start: ${messageOf(cause)}` });
  }
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await link?.close();
  setTimeout(() => process.exit(0), FAREWELL_MS);
}

function report(message: ChildReport): void {
  process.send?.(message);
}

process.on('message', (value: unknown, handle: unknown) => {
  const parsed = messageSchema.safeParse(value);
  const socket = handle instanceof Socket ? handle : undefined;
  if (!parsed.success || (parsed.data.type === 'handover' && (link === undefined || isStopping))) {
    socket?.destroy();
    return;
  }
  const message = parsed.data;
  switch (message.type) {
    case 'setup':
      void start(message);
      break;
    case 'handover':
      // The peer may have left on the way here: then there is no socket.
      if (socket !== undefined) link?.take(message, socket);
      break;
    case 'stop':
      void stop();
      break;
  }
});
process.on('disconnect', () => void stop());
// ^C in the terminal reaches the whole group: main decides when we end.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void stop());
