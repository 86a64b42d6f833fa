// link as its own process, behind a web process and a main in between, as the house runs it: here the test is
// main, web is test/support/web-process.ts. Knows no test.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Socket } from 'node:net';
import { z } from 'zod';
import { childReportSchema, stopMessage, type Setup } from '../../server/foundation/child-setup.ts';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { passSocket } from '../../server/foundation/pass-socket.ts';
import { handoverSchema } from '../../server/protocol/peer-messages.ts';

const messageSchema = z.union([childReportSchema, handoverSchema]);

export type LinkProcess = {
  url: string;
  port: number;
  link: ChildProcess;
  web: ChildProcess;
  /** Sockets that this relay still holds. */
  relayed: Set<Socket>;
  /** Asks link to stop, and tells its exit code. */
  stopLink(): Promise<number | null>;
  close(): void;
};

export async function startLinkProcess(setup: Setup): Promise<LinkProcess> {
  const link = start('../../server/link/main.ts');
  const web = start('./handover-web-process.ts');
  const relayed = new Set<Socket>();
  web.on('message', (value, handle: unknown) => {
    const message = handoverSchema.safeParse(value);
    if (!message.success || !(handle instanceof Socket)) return;
    relayed.add(handle);
    handle.on('close', () => relayed.delete(handle));
    passSocket(link, message.data, handle);
  });
  link.send(setup);
  const [port] = await Promise.all([readyOf(web), readyOf(link)]);
  return {
    url: `ws://127.0.0.1:${port}/link`,
    port,
    link,
    web,
    relayed,
    stopLink: () => {
      const ended = new Promise<number | null>((resolve) => link.once('exit', resolve));
      link.send(stopMessage);
      return ended;
    },
    close: () => {
      web.kill('SIGKILL');
      link.kill('SIGKILL');
    },
  };
}

function start(path: string): ChildProcess {
  const file = fileURLToPath(new URL(path, import.meta.url));
  return fork(file, [], { env: exactEnvironment({ PATH: '/usr/bin:/bin' }), execArgv: [] });
}

/** Resolves with the port, 0 for link. Rejects with the sentence of a child that failed. */
function readyOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('message', (value) => {
      const message = messageSchema.safeParse(value);
      if (!message.success) return;
      if (message.data.type === 'ready') resolve(message.data.port ?? 0);
      else if (message.data.type === 'failed') reject(new Error(message.data.sentence));
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
}
