// What has changed in a lab, in English.
import type { ChangeTexts } from './change-texts.ts';

const MIB = 1024 * 1024;

const plural = new Intl.PluralRules('en');
const counted = (value: number, one: string, many: string): string =>
  `${number(value)} ${plural.select(value) === 'one' ? one : many}`;

const number = (value: number): string =>
  new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(value);

export const changeEn: ChangeTexts = {
  title: 'What has just changed',
  none: 'Nothing has changed since the x-ray was opened.',
  passed: 'What came has gone again.',
  born: (name, pid, inside) =>
    inside === undefined
      ? `${name} is born, PID ${pid}`
      : `${name} is born, PID ${pid}, and ${inside} inside`,
  manyBorn: (count, name) => `${count} ${name} processes are born`,
  undrawn: (count) =>
    count === 1
      ? '1 more process, which is not drawn'
      : `${count} more processes, which are not drawn`,
  gone: (name, pid) => `${name} (PID ${pid}) has ended`,
  manyEnded: (count, name) => `${count} ${name} processes have ended`,
  program: (pid, before, now) => `PID ${pid} runs ${now}, no longer ${before}`,
  root: (name, pid, path) => `${name} (PID ${pid}) has the root ${path}`,
  moved: (name, pid, namespace) => `${name} (PID ${pid}) has moved to ${namespace}`,
  namespaceBorn: (namespace, what) => `new namespace ${namespace} (${what})`,
  namespaceGone: (namespace) => `namespace ${namespace} is gone`,
  mountAdded: (type, target, namespace) => `${type} mounted at ${target} (${namespace})`,
  mountGone: (target, namespace) => `${target} unmounted (${namespace})`,
  linkAdded: (name, kind, network) => `new device ${name} (${kind}, ${network})`,
  linkGone: (name, network) => `device ${name} is gone (${network})`,
  whiteout: (path, namespace) =>
    `${path} is deleted: a whiteout in the upper layer hides it (${namespace})`,
  manyWhiteouts: (count, target) =>
    `${count} files are deleted in ${target}: whiteouts in the upper layer hide them`,
  opaque: (path, namespace) =>
    `${path}/ hides all of the directory of that name below: it is opaque (${namespace})`,
  wholeLab: 'the lab',
  limits: {
    memory: (group, count) =>
      `${group} is out of memory: ${count === 1 ? '1 process' : `${count} processes`} killed`,
    processes: (group, count) =>
      `${group} may have no more processes: ${count === 1 ? '1 fork' : `${count} forks`} refused`,
    processor: (group) => `${group} has used up its processor time, and waits`,
  },
  linkOn: (name, network) => `device ${name} is on (${network})`,
  linkOff: (name, network) => `device ${name} is off (${network})`,
  linkNamed: (before, now, network) => `device ${before} is now called ${now} (${network})`,
  linkPort: (name, bridge, before) =>
    bridge === null
      ? `${name} is no longer a port of ${before}`
      : `${name} is now a port of ${bridge}`,
  addressAdded: (address, device, network) => `${device} has the address ${address} (${network})`,
  addressGone: (address, device, network) =>
    `${device} no longer has the address ${address} (${network})`,
  routeAdded: (way, network) => `new route ${way} (${network})`,
  routeGone: (way, network) => `the route ${way} is gone (${network})`,
  route: (to, gateway, by) =>
    [
      `to ${to ?? 'everywhere else'}`,
      gateway === null ? '' : ` by way of ${gateway}`,
      by === null ? '' : ` on ${by}`,
    ].join(''),
  ruleAdded: (chain, rule, network) => `new rule in ${chain}: ${rule} (${network})`,
  ruleGone: (chain, rule, network) => `a rule in ${chain} is gone: ${rule} (${network})`,
  manyAdded: {
    address: (count, network) => `${count} new addresses (${network})`,
    route: (count, network) => `${count} new routes (${network})`,
    rule: (count, network) => `${count} new rules (${network})`,
  },
  manyGone: {
    address: (count, network) => `${count} addresses are gone (${network})`,
    route: (count, network) => `${count} routes are gone (${network})`,
    rule: (count, network) => `${count} rules are gone (${network})`,
  },
  remounted: (target, { now, before }, namespace) =>
    `${target} has other options: ${[now, before === '' ? '' : `no longer ${before}`].filter(Boolean).join(', ')} (${namespace})`,
  propagation: (target, { now, before }, namespace) =>
    `${target} is now ${now}, no longer ${before} (${namespace})`,
  manyPropagations: (count, now, namespace) => `${count} mounts are now ${now} (${namespace})`,
  regrouped: (process, group) => `${process} is now in the cgroup ${group}`,
  groupMade: (group) => `new cgroup ${group}`,
  groupGone: (group) => `cgroup ${group} is gone`,
  limitsSet: {
    memory: (group, value) =>
      value === null
        ? `${group} may use any amount of memory`
        : `${group} may use ${number(value / MIB)} MiB of memory`,
    processes: (group, value) =>
      value === null
        ? `${group} may have any number of processes`
        : `${group} may have ${counted(value, 'process', 'processes')}`,
    processor: (group, value) =>
      value === null
        ? `${group} may use all processors`
        : `${group} may use ${counted(value, 'processor', 'processors')}`,
  },
  userInside: (outside, inside) => `${outside} on the lab and ${inside} inside`,
  user: (process, now, before) => `${process} is now ${now}, no longer ${before}`,
  capabilities: (process, gained, lost) => {
    const said = [gained && `has gained ${gained}`, lost && `has lost ${lost}`].filter(Boolean);
    return said.length === 0
      ? `${process} may gain other capabilities than before`
      : `${process} ${said.join(' and ')}`;
  },
  someCapabilities: (count) => `${count} capabilities`,
  seccomp: (process, mode) =>
    mode === 0
      ? `${process} may make any system call again`
      : `the system calls of ${process} are filtered`,
  noNewPrivileges: (process) => `${process} can gain no new privileges any more`,
  more: (count) => (count === 1 ? 'and one more change' : `and ${count} more changes`),
};
