// web as a process of its own: how it starts, what it reports, how it stops, and what becomes of the
// connections that it passed on.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { IncomingMessage } from 'node:http';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  childReportSchema,
  stopMessage,
  type ChildReport,
} from '../../server/foundation/child-setup.ts';
import { handoverSchema, type Handover } from '../../server/protocol/peer-messages.ts';
import { ask, setupIn, temporaryDirectory } from '../unit/web/web-under-test.ts';

const WITH_ECHO_PAGES = join(import.meta.dirname, '../unit/web/web-process.ts');
const REAL = join(import.meta.dirname, '../../server/web/main.ts');

function start(program: string, config: Parameters<typeof setupIn>[1] = {}) {
  const directory = temporaryDirectory();
  const child = fork(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.send(setupIn(directory, config));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, directory, report: firstReport(child), ended };
}

function firstReport(child: ChildProcess): Promise<ChildReport> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(childReportSchema.parse(message)));
    child.once('exit', (code) => reject(new Error(`web ended with ${code} without a report`)));
  });
}

async function failureOf(report: Promise<ChildReport>): Promise<string> {
  const failed = await report;
  if (failed.type !== 'failed') throw new Error('web started');
  return failed.sentence;
}

async function portOf(report: Promise<ChildReport>): Promise<number> {
  const { type, ...rest } = await report;
  if (type !== 'ready' || !('port' in rest) || rest.port === undefined) throw new Error(type);
  return rest.port;
}

/** Plays link in this process: takes each socket that web sends and speaks WebSocket on it. */
function echoAsLink(child: ChildProcess): void {
  const link = new WebSocketServer({ noServer: true });
  onTestFinished(() => link.close());
  child.on('message', (message, handle) => {
    const handover = handoverSchema.safeParse(message);
    if (!handover.success || !(handle instanceof Socket)) return;
    link.handleUpgrade(requestOf(handover.data, handle), handle, Buffer.alloc(0), (peer) => {
      peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
    });
  });
}

function requestOf(handover: Handover, socket: Socket): IncomingMessage {
  const request = new IncomingMessage(socket);
  request.method = 'GET';
  request.url = handover.url;
  request.headers = handover.headers;
  return request;
}

async function openEcho(port: number): Promise<{ peer: WebSocket; echo: () => Promise<string> }> {
  const peer = new WebSocket(`ws://127.0.0.1:${port}/link`, { origin: `http://127.0.0.1:${port}` });
  onTestFinished(() => peer.terminate());
  await new Promise((resolve, reject) => {
    peer.once('open', resolve);
    peer.once('error', reject);
  });
  const echo = () =>
    new Promise<string>((resolve) => {
      peer.once('message', (data: Buffer) => resolve(data.toString()));
      peer.send('hello');
    });
  return { peer, echo };
}

describe('web as a child of main', () => {
  it('reports the port once it answers, and ends with 0 when told to stop', async () => {
    const { child, report, ended } = start(WITH_ECHO_PAGES, { roles: 'web' });
    const port = await portOf(report);
    expect((await ask(port, '/readyz')).status).toBe(200);
    expect((await ask(port, '/fr')).text).toBe('page GET /fr');
    child.send(stopMessage);
    expect(await ended).toBe(0);
    await expect(ask(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  it('ends with 0 when main is gone', async () => {
    const { child, report, ended } = start(WITH_ECHO_PAGES);
    await portOf(report);
    child.disconnect();
    expect(await ended).toBe(0);
  });

  it('stays at ^C, which reaches the whole process group, until main says stop', async () => {
    const { child, report, ended } = start(WITH_ECHO_PAGES);
    const port = await portOf(report);
    child.kill('SIGINT');
    expect((await ask(port, '/healthz')).status).toBe(200);
    child.send(stopMessage);
    expect(await ended).toBe(0);
  });

  it('says in one sentence that the port is in use, and what to do', async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { report, ended } = start(WITH_ECHO_PAGES, { port });
    expect(await failureOf(report)).toMatch(
      new RegExp(`^Port ${port} on 127.0.0.1 is in use .* PORT=${port + 1} npm start\\.$`),
    );
    expect(await ended).toBe(1);
  });

  it('says so when the address is not this machine’s', async () => {
    const { report, ended } = start(WITH_ECHO_PAGES, { host: '192.0.2.1' });
    expect(await failureOf(report)).toMatch(/^HOST=192\.0\.2\.1 is no address of this machine\./);
    expect(await ended).toBe(1);
  });

  it('is not to be started by hand', async () => {
    const child = spawn(process.execPath, [REAL], { stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await text(child.stderr)).toContain('web is started by npm start, not by hand.');
    expect(child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))).toBe(1);
  });

  it('ends with 0 when main goes before it has said what to do', async () => {
    const child = fork(WITH_ECHO_PAGES, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.disconnect();
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });
});

describe('a WebSocket at /link', () => {
  it('speaks with the process that web passed it to', async () => {
    const { child, report } = start(WITH_ECHO_PAGES);
    echoAsLink(child);
    const { echo } = await openEcho(await portOf(report));
    expect(await echo()).toBe('hello');
  });

  it('goes on when web stops, and does not keep web from stopping', async () => {
    const { child, report, ended } = start(WITH_ECHO_PAGES);
    echoAsLink(child);
    const { echo } = await openEcho(await portOf(report));
    child.send(stopMessage);
    expect(await ended).toBe(0);
    expect(await echo()).toBe('hello');
  });

  it('goes on when web is killed', async () => {
    const { child, report, ended } = start(WITH_ECHO_PAGES);
    echoAsLink(child);
    const { echo } = await openEcho(await portOf(report));
    child.kill('SIGKILL');
    await ended;
    expect(await echo()).toBe('hello');
  });

  it('fifty at once all arrive', async () => {
    const { child, report } = start(WITH_ECHO_PAGES);
    echoAsLink(child);
    const port = await portOf(report);
    const all = await Promise.all(Array.from({ length: 50 }, () => openEcho(port)));
    const echoes = await Promise.all(all.map(({ echo }) => echo()));
    expect(echoes).toEqual(echoes.map(() => 'hello'));
  });
});
