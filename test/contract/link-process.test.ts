// link as its own process, with real sockets that came over two hops of IPC, and ended as main ends it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { childReportSchema } from '../../server/foundation/child-setup.ts';
import { exactEnvironment } from '../../server/foundation/environment.ts';
import { connectLab } from '../support/lab-client.ts';
import { newLabId } from '../../server/foundation/random-id.ts';
import { openLinkHouse, type LinkHouse } from '../support/link-house.ts';
import { startLinkProcess, type LinkProcess } from '../support/link-process.ts';
import { waitUntil } from '../support/link-shell.ts';

let house: LinkHouse;
let processes: LinkProcess;
beforeEach(async () => {
  // The stand-in keeper and the grants; the link that is tested is a process.
  house = await openLinkHouse();
  await house.stopLink();
  processes = await startLinkProcess(house.setup);
  await house.ready();
});
afterEach(async () => {
  processes.close();
  await house.close();
});

async function connectPage(lab = newLabId()) {
  return connectLab({ url: processes.url, lab, grant: house.grant({ lab }) });
}

describe('the socket on its way', () => {
  test('[P1] [P26] a WebSocket works after two hops, and neither web nor the relay keeps it', async () => {
    const page = await connectPage();
    const terminal = await page.open();
    await terminal.waitForOutput(/\$ $/);
    const since = terminal.type('echo he""llo\n');
    await terminal.waitForOutput(/^hello\n/m, { since });
    expect(processes.relayed.size).toBe(0);
    // The connection that asks is the only one of web.
    expect(await (await fetch(`http://127.0.0.1:${processes.port}/`)).text()).toBe('1');
    await page.close();
  });
  test('[P1] [P26] pages that leave during their handover end nothing and leave nothing behind', async () => {
    const request = [
      'GET /link HTTP/1.1',
      `Host: 127.0.0.1:${processes.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      '\r\n',
    ].join('\r\n');
    const closings = Array.from({ length: 200 }, async () => {
      const socket = connect(processes.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(request, () => socket.resetAndDestroy());
      await once(socket, 'close');
    });
    await Promise.all(closings);
    const page = await connectPage();
    await expect(page.settle()).resolves.toBeUndefined();
    await waitUntil(() => processes.relayed.size === 0);
    await page.close();
  });
});

describe('the start', () => {
  test('a link that cannot start says why in a sentence', async () => {
    const main = fileURLToPath(new URL('../../server/link/main.ts', import.meta.url));
    const link = fork(main, [], { env: exactEnvironment({ PATH: '/usr/bin:/bin' }), execArgv: [] });
    try {
      link.send({ ...house.setup, runDir: '/nonexistent/run' });
      const report = await new Promise<unknown>((resolve) => link.once('message', resolve));
      const { type, ...rest } = childReportSchema.parse(report);
      expect(type).toBe('failed');
      expect(JSON.stringify(rest)).toMatch(/link cannot start: .*nonexistent/);
    } finally {
      link.kill('SIGKILL');
    }
  });
});

describe('the end', () => {
  test('[P23] told to stop, link closes its pages with 1001 and exits with 0', async () => {
    const page = await connectPage();
    expect(await processes.stopLink()).toBe(0);
    expect((await page.closed).code).toBe(1001);
  });
  test('[P23] when main is gone, link closes its pages with 1001 and exits with 0', async () => {
    const page = await connectPage();
    const exit = once(processes.link, 'exit');
    processes.link.disconnect();
    expect((await page.closed).code).toBe(1001);
    expect((await exit)[0]).toBe(0);
  });
  test('[P23] killed by -9, another link finds labs and terminals again', async () => {
    const lab = newLabId();
    const page = await connectPage(lab);
    const terminal = await page.open();
    await terminal.waitForOutput(/\$ $/);
    processes.link.kill('SIGKILL');
    await page.closed;
    processes.close();
    processes = await startLinkProcess(house.setup);
    await house.ready();
    const again = await connectPage(lab);
    expect(again.welcome).toMatchObject({ created: false, terminals: [{ terminal: 1 }] });
    const resumed = await again.attach(1, { offset: terminal.offset });
    const since = resumed.type('echo al""ive\n');
    await resumed.waitForOutput(/^alive\n/m, { since });
    await again.close();
  });
});
