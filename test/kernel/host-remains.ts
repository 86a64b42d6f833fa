// What labs could leave on the lab host besides what they are made of: files, queues and mounts of their ids,
// other values of its settings. Looks at no process and no group; knows no house.
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mountsOf } from './kernel-view.ts';

/** What a hostile root would change first, and what keeper never touches. */
const settings = [
  'kernel/core_pattern',
  'kernel/domainname',
  'kernel/hostname',
  'kernel/modprobe',
  'kernel/msgmni',
  'kernel/panic',
  'kernel/randomize_va_space',
  'kernel/sem',
  'kernel/shmmax',
  'kernel/sysrq',
  'net/core/somaxconn',
  'net/ipv4/ip_forward',
  'net/ipv4/ip_local_port_range',
  'vm/overcommit_memory',
  'vm/swappiness',
];

/** Directories into which everybody may write. */
const open = ['/dev/shm', '/tmp', '/var/tmp', '/run/lock'];

export function hostSettings(): string[] {
  return settings
    .map((name) => join('/proc/sys', name))
    .filter((path) => existsSync(path))
    .map((path) => `setting ${path} ${readFileSync(path, 'utf8').trim()}`);
}

/** Everything on the lab host that belongs to an id of which `isOfALab` is true. */
export function belongings(isOfALab: (id: number) => boolean): string[] {
  const files = open.flatMap((directory) =>
    (existsSync(directory) ? readdirSync(directory) : [])
      .map((name) => join(directory, name))
      .filter((path) => isOfALab(lstatSync(path, { throwIfNoEntry: false })?.uid ?? 0)),
  );
  // Columns uid and cuid (proc_sysvipc(5)); the clock of the last columns is no id.
  const queues = ['msg', 'sem', 'shm'].flatMap((kind) => {
    const [head = '', ...lines] = readFileSync(`/proc/sysvipc/${kind}`, 'utf8').trim().split('\n');
    const columns = head.trim().split(/\s+/);
    return lines.filter((line) => {
      const fields = line.trim().split(/\s+/);
      return ['uid', 'cuid'].some((name) => isOfALab(Number(fields[columns.indexOf(name)])));
    });
  });
  const mounts = mountsOf('self').filter(({ superOptions }) =>
    [...superOptions.matchAll(/\b[ug]id=(\d+)/g)].some(([, id]) => isOfALab(Number(id))),
  );
  return [
    ...files.map((path) => `file ${path}`),
    ...queues.map((line) => `queue ${line}`),
    ...mounts.map(({ source, target }) => `mount of ${source} on ${target}`),
  ];
}
