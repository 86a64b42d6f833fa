// "Why not yet?" in English.
import type { ReasonTexts, Words } from './reason-texts.ts';

const things = {
  process: ['a process', 'no process'],
  container: ['a container', 'no container'],
  ended: ['a process that has ended', 'no process that has ended'],
} as const;

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
  expression: (source) => `fits \`${source}\``,
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
    expression: (source) => `This does not hold yet: \`${source}\`.`,
  },
  thing,
  sentence: (over, met, missing) => {
    const [some, none] = things[over];
    if (met.length === 0) return `There is ${none} that ${missing}.`;
    return `There is ${some} that ${met.join(' and ')}, but none of these ${missing}.`;
  },
};
