// "Why not yet?" in English.
import type { ReasonTexts, Words } from './reason-texts.ts';

const things = {
  process: ['a process', 'no process'],
  container: ['a container', 'no container'],
  ended: ['a process that has ended', 'no process that has ended'],
  mount: ['a mount', 'no mount'],
  network: ['a network', 'no network'],
  group: ['a cgroup', 'no cgroup'],
  link: ['a link', 'no link'],
  route: ['a route', 'no route'],
  rule: ['a rule', 'no rule'],
} as const;

const many = {
  process: 'processes',
  container: 'containers',
  ended: 'processes that have ended',
  mount: 'mounts',
  network: 'networks',
  group: 'cgroups',
  link: 'links',
  route: 'routes',
  rule: 'rules',
} as const;

const amounts = {
  '>=': 'at least',
  '>': 'more than',
  '==': 'exactly',
  '<': 'fewer than',
  '<=': 'at most',
} as const;

const list = new Intl.ListFormat('en');

type Count = Parameters<Words['count']>[0];

function amount({ over, comparison, number, each }: Count): string {
  const counted = `${amounts[comparison]} ${number} ${many[over]}`;
  return each.length === 0 ? counted : `${counted}, each of which ${list.format(each)}`;
}

const thing: Words = {
  rooted: ({ path }) => `has ${path} for its root`,
  'root-of-lab': () => 'has the lab’s own root',
  'namespace-of-lab': (kind) => `is in the lab’s ${kind} namespace`,
  'namespace-own': (kind) => `has a ${kind} namespace of its own`,
  'proc-own': () => 'has a /proc that shows its own processes',
  'proc-of-lab': () => 'has a /proc that shows the lab’s processes',
  program: ({ name }) => `runs ${name}`,
  'not-init': () => 'is not the lab’s PID 1',
  'pid-one': () => 'is PID 1 of a container',
  signal: ({ number }) => `was ended by signal ${number}`,
  'killed-by-process': () => 'was ended by signal 9, sent by a process',
  'killed-by-kernel': () => 'was ended by signal 9, sent by the kernel itself',
  mounted: ({ path }) => `has a mount at ${path}`,
  'not-mounted': (path) => `has no mount at ${path}`,
  file: ({ path, kind }) => `has ${path} (${kind})`,
  'same-disk': ({ path, as }) => `has ${path} on the disk of ${as}`,
  'owned-by-root': (path) => `has ${path} owned by root`,
  larger: ({ path, bytes }) => `has ${path} larger than ${bytes} bytes`,
  'nobody-rooted': (path) => `leaves nobody in ${path}`,
  alive: () => 'is alive',
  another: () => 'is another than this one',
  'same-namespace': (kind) => `is in the same ${kind} namespace`,
  'of-type': (type) => `is of type ${type}`,
  at: (path) => `is at ${path}`,
  named: (name) => `is called ${name}`,
  up: () => 'is switched on',
  expression: (source) => `fits \`${source}\``,
  'too-much': () => 'was looked at',
  'too-many-groups': () => 'was looked at',
  count: (about) => `goes with ${amount(about)}`,
  every: (over, each) => `has only ${many[over]} each of which ${list.format(each)}`,
  some: (over, each) => `has ${things[over][0]} that ${list.format(each)}`,
  either: (each) => each.join(' or '),
};

const kinds: Readonly<Record<string, string>> = {
  directory: 'should be a folder',
  file: 'should be a file',
  absent: 'should not be there',
};

export const reasonEn: ReasonTexts = {
  ask: 'Why not yet?',
  lab: {
    ...thing,
    mounted: ({ path, type }) =>
      `Nothing${type === '' ? '' : ` of type ${type}`} is mounted at ${path}.`,
    'not-mounted': (path) => `Something is still mounted at ${path}.`,
    file: ({ path, kind }) => `${path} ${kinds[kind] ?? `should be of the kind ${kind}`}.`,
    'same-disk': ({ path, as }) =>
      `${path} is not on the disk of ${as}: something else is mounted there.`,
    'owned-by-root': (path) => `${path} should belong to root.`,
    larger: ({ path, bytes }) => `${path} should be larger than ${bytes} bytes.`,
    'nobody-rooted': (path) => `A process still has ${path} for its root.`,
    'too-much': ({ processes, mounts }) =>
      `The lab holds more than is looked at, so no check is judged until there is less of it. Looked at: processes ${processes}, mounts in one namespace ${mounts}.`,
    'too-many-groups': (more) =>
      `The lab has more cgroups than are looked at, so this check is not judged until there are fewer. Not looked at: ${more}.`,
    count: (about) => `There should be ${amount(about)}.`,
    every: (over, each) => `Of all ${many[over]}, each should be one that ${list.format(each)}.`,
    some: (over, each) => `There is ${things[over][1]} that ${list.format(each)}.`,
    either: (each) => `One of these has to change. ${each.join(' ')}`,
    expression: (source) => `This does not hold yet: \`${source}\`.`,
  },
  thing,
  sentence: (over, met, missing) => {
    const [some, none] = things[over];
    if (met.length === 0) return `There is ${none} that ${missing}.`;
    return `There is ${some} that ${met.join(' and ')}, but none of these ${missing}.`;
  },
};
