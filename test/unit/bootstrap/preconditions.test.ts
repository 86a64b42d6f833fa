// Proves that what the machine lacks is said in one sentence with its remedy. Needs no root.
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { whyKernelCannot } from '../../../docker-host/bootstrap/kernel-features.mjs';
import {
  requireFreePort,
  requireNode,
  whyNoLabs,
} from '../../../docker-host/bootstrap/preconditions.mjs';

async function takePort(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('an old Node is refused', () => {
  expect(() => requireNode('18.20.4')).toThrow('install Node 20 or later');
  expect(() => requireNode('20.11.0')).not.toThrow();
});

test('a port in use is named, and another is proposed', async () => {
  const port = await takePort();
  await expect(requireFreePort({ PORT: String(port), HOST: '127.0.0.1' })).rejects.toThrow(
    `Port ${port} of 127.0.0.1 is in use by another program: stop it, or choose another port with PORT=${port + 1} npm start.`,
  );
});

test('a free port is accepted', async () => {
  await expect(requireFreePort({ PORT: '0' })).resolves.toBeUndefined();
});

test('a PORT that is no port is refused', async () => {
  await expect(requireFreePort({ PORT: 'http' })).rejects.toThrow('PORT is "http"');
  await expect(requireFreePort({ PORT: '70000' })).rejects.toThrow('from 0 to 65535');
});

test("a HOST that is not this machine's is refused", async () => {
  await expect(requireFreePort({ PORT: '0', HOST: '192.0.2.1' })).rejects.toThrow(
    '192.0.2.1 is no address of this machine',
  );
});

test('labs are not offered outside Linux, nor without root', () => {
  expect(whyNoLabs({ platform: 'darwin', isRoot: true })).toContain('Labs need Linux');
  expect(whyNoLabs({ platform: 'linux', isRoot: false })).toContain('sudo npm start');
  expect(whyNoLabs({ platform: 'linux', isRoot: true })).toBeUndefined();
});

const files: Record<string, string> = {
  '/proc/filesystems': 'nodev\tproc\nnodev\toverlay\n\text4\n',
  '/proc/sys/user/max_user_namespaces': '15000\n',
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
  '/dev/loop-control': '',
  ...Object.fromEntries(
    ['user', 'pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup', 'time'].map((name) => [
      `/proc/self/ns/${name}`,
      '',
    ]),
  ),
};

function kernelWith(changes: Record<string, string | undefined>, version = '6.1.0-13-amd64') {
  const present = { ...files, ...changes };
  const loaded: string[] = [];
  return {
    loaded,
    release: version,
    read: (path: string) => present[path] ?? '',
    exists: (path: string) => present[path] !== undefined,
    load: (module: string) => void loaded.push(module),
  };
}

test("Debian 12's kernel can do all", () => {
  expect(whyKernelCannot(kernelWith({}))).toBeUndefined();
});

test('controllers of the first cgroup version are as good', () => {
  const mounts = ['memory', 'pids', 'cpu,cpuacct']
    .map((name) => `30 24 0:26 / /sys/fs/cgroup/x rw - cgroup cgroup rw,${name}`)
    .join('\n');
  const kernel = kernelWith({
    '/sys/fs/cgroup/cgroup.controllers': undefined,
    '/proc/self/mountinfo': mounts,
  });
  expect(whyKernelCannot(kernel)).toBeUndefined();
});

test.each([
  ['an old kernel', {}, '5.10.0', 'Linux 5.10.0 is too old for labs'],
  ['no time namespaces', { '/proc/self/ns/time': undefined }, '6.1.0', 'no time namespaces'],
  ['user namespaces off', { '/proc/sys/user/max_user_namespaces': '0\n' }, '6.1.0', 'sysctl -w'],
  ['no overlay', { '/proc/filesystems': '\text4\n' }, '6.1.0', 'no overlay file system'],
  ['no loop devices', { '/dev/loop-control': undefined }, '6.1.0', 'no loop devices'],
  [
    'no pids controller',
    { '/sys/fs/cgroup/cgroup.controllers': 'cpu memory' },
    '6.1.0',
    'The pids cgroup controller is missing',
  ],
])('%s is said in one sentence', (_, changes, version, sentence) => {
  const why = whyKernelCannot(kernelWith(changes, version));
  expect(why).toContain(sentence);
  expect(why).toMatch(/^[^\n]+\.$/);
});

test('a module that is not there yet is asked for', () => {
  const kernel = kernelWith({ '/proc/filesystems': '\text4\n' });
  whyKernelCannot(kernel);
  expect(kernel.loaded).toEqual(['overlay']);
});
