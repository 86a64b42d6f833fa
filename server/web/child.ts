// Runs web as a child of main: takes the setup, reports ready or failed, stops when told or orphaned.
// Knows what to start only by what it is given.
import { setupSchema, stopMessage, type ChildReport } from '../foundation/child-setup.ts';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import { createLog } from '../foundation/log.ts';
import { passSocket, type SocketChannel } from '../foundation/pass-socket.ts';
import type { Pages } from './pages.ts';
import { startWeb } from './server.ts';

export type ChildParts = {
  openPages: () => Promise<Pages>;
  /** Version by course id. */
  loadCourses: () => ReadonlyMap<string, number>;
};

/** Resolves when web has stopped, with the exit code. */
export async function runAsChild(parts: ChildParts): Promise<number> {
  if (process.send === undefined) {
    process.stderr.write('web is started by npm start, not by hand.\n');
    return 1;
  }
  // What web writes is about learners: nobody else's to read.
  process.umask(0o077);
  // ^C reaches the whole process group; the order in which things stop is main's.
  process.on('SIGINT', () => undefined);
  const stopped = untilToldToStop();

  const first = await Promise.race([firstMessage(), stopped]);
  if (first === undefined) return 0;
  const setup = setupSchema.parse(first);
  const log = createLog('web', setup.config.logLevel);
  try {
    const courses = parts.loadCourses();
    const { promise: pages, resolve, reject } = Promise.withResolvers<Pages>();
    const web = await startWeb({
      setup,
      pages,
      courses,
      pass: (handover, socket) => passSocket(channelToMain, handover, socket),
      log,
    });
    try {
      // After listening, so that a port in use is known before Next is loaded.
      parts.openPages().then(resolve, reject);
      const opened = await pages;
      await report({ type: 'ready', port: web.port });
      await stopped;
      await web.stop();
      await opened.close();
      return 0;
    } catch (error) {
      await web.stop();
      throw error;
    }
  } catch (error) {
    log.error({ err: error }, 'web failed');
    await report({ type: 'failed', sentence: sentenceOf(error) });
    return 1;
  }
}

const channelToMain: SocketChannel = {
  get connected() {
    return process.connected;
  },
  send: (...sent: Parameters<SocketChannel['send']>) => process.send?.(...sent) ?? false,
};

function firstMessage(): Promise<unknown> {
  return new Promise((resolve) => process.once('message', resolve));
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.on('message', (message: unknown) => {
      if (isStop(message)) resolve();
    });
    process.once('disconnect', resolve);
    process.once('SIGTERM', resolve);
  });
}

function isStop(message: unknown): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === stopMessage.type
  );
}

/** Resolves once the message is on its way, or main is gone. */
function report(message: ChildReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

function sentenceOf(error: unknown): string {
  return error instanceof ExplainedError ? error.message : `web failed: ${messageOf(error)}`;
}
