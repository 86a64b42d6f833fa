// A real web on port 0 with its own directories, and a plain HTTP client that may send any header.
import { createServer as createNetServer, connect, type Socket } from 'node:net';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { setupSchema, socketNames, type Setup } from '../../../server/foundation/child-setup.ts';
import { readConfig, type Config } from '../../../server/foundation/config.ts';
import { readJsonLines, writeJsonLine } from '../../../server/foundation/json-lines.ts';
import { createLog } from '../../../server/foundation/log.ts';
import { verify } from '../../../server/foundation/signature.ts';
import { grantSchema, type Grant } from '../../../server/protocol/grant.ts';
import {
  webToLinkSchema,
  type Handover,
  type LinkToWeb,
  type WebToLink,
} from '../../../server/protocol/peer-messages.ts';
import {
  apiErrorSchema,
  labAnswerSchema,
  type LabAnswer,
} from '../../../server/protocol/web-api.ts';
import { startWeb } from '../../../server/web/server.ts';
import { echoPages } from './echo-pages.ts';

export const KEY = Buffer.alloc(32, 7);
export const silentLog = createLog('web', 'silent');

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'coulisse-web-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function setupIn(directory: string, config: Partial<Config> = {}): Setup {
  return setupSchema.parse({
    type: 'setup',
    config: {
      ...readConfig({
        NODE_ENV: 'test',
        PORT: '0',
        COULISSE_STATE: directory,
        COULISSE_LOG: 'silent',
      }),
      ...config,
    },
    key: KEY.toString('hex'),
    runDir: directory,
    ownDir: directory,
    linkUser: 0,
    recover: 'adopt',
  });
}

export type Passed = { handover: Handover; socket: Socket };

export async function startTestWeb(
  config: Partial<Config> = {},
  { directory = temporaryDirectory(), pages = Promise.resolve(echoPages) } = {},
) {
  const passed: Passed[] = [];
  const web = await startWeb({
    setup: setupIn(directory, config),
    pages,
    courses: new Map([['inside-docker', 3]]),
    pass: (handover, socket) => {
      passed.push({ handover, socket });
      socket.destroy();
    },
    log: silentLog,
  });
  onTestFinished(() => web.stop());
  return {
    port: web.port,
    stop: () => web.stop(),
    directory,
    passed,
    origin: `http://localhost:${web.port}`,
  };
}

export type Reply = { status: number; headers: IncomingHttpHeaders; text: string };

export type Asking = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  address?: string;
};

/** Host is localhost unless told. */
export function ask(port: number, path: string, asking: Asking = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: asking.address ?? '127.0.0.1',
        port,
        path,
        method: asking.method ?? 'GET',
        headers: { host: `localhost:${port}`, ...asking.headers },
        agent: false,
      },
      (incoming) => void collect(incoming).then(resolve, reject),
    );
    outgoing.on('error', reject);
    outgoing.end(asking.body);
  });
}

async function collect(incoming: IncomingMessage): Promise<Reply> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text };
}

/** POST /api/lab as a page of the server does it. */
export function askForLab(
  port: number,
  { headers = {}, body = '{}' }: Asking = {},
): Promise<Reply> {
  return ask(port, '/api/lab', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: `http://localhost:${port}`,
      ...headers,
    },
    body,
  });
}

export function codeOf(reply: Reply): string {
  return apiErrorSchema.parse(JSON.parse(reply.text)).error.code;
}

export function labAnswerOf(reply: Reply): LabAnswer {
  return labAnswerSchema.parse(JSON.parse(reply.text));
}

/** The cookie of an answer, as a browser would send it back. */
export function cookieOf(reply: Reply): string {
  return reply.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

export function grantOf(token: string): Grant {
  return grantSchema.parse(JSON.parse(verify(KEY, 'grant', token) ?? 'null'));
}

export const UPGRADE_HEADERS = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** Sends an upgrade request and returns all that came back until the server closed. */
export function askForUpgrade(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    const all = { host: `localhost:${port}`, ...UPGRADE_HEADERS, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  });
}

/** A link that listens where web looks for it, keeps what web acknowledges, and says what it is told to. */
export async function listenAsLink(directory: string) {
  const acknowledged: WebToLink[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createNetServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    readJsonLines(socket, (value) => acknowledged.push(webToLinkSchema.parse(value)));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(join(directory, socketNames.link), listening.resolve);
  await listening.promise;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return {
    acknowledged,
    connections: () => connections,
    isConnected: () => sockets.size > 0,
    tell: (message: LinkToWeb) => {
      for (const socket of sockets) writeJsonLine(socket, message);
    },
    tellRaw: (line: string) => {
      for (const socket of sockets) socket.write(line);
    },
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
    close,
  };
}
