// What the observation benchmark measures, in the order of its table, with what each must be. Measures nothing.
import type { Measure } from '../tally.ts';
import { atMost } from '../target.ts';

/** Processes of the labs that are looked at, with the most that the median look may take in milliseconds. */
export const labSizes = [
  { processes: 20, limit: 2 },
  { processes: 200, limit: 10 },
] as const;

/** What people run to see the same. */
export const tools = {
  lsns: ['lsns', '--json'],
  ps: ['ps', '-eo', 'pid,ppid,uid,stat,comm,args,pidns,mntns,netns'],
  findmnt: ['findmnt', '--json'],
} as const;
export type ToolName = keyof typeof tools;
export const toolNames = ['lsns', 'ps', 'findmnt'] as const satisfies readonly ToolName[];

export const lookName = (processes: number): string => `observe, ${processes} processes`;
/** One of them does something every few milliseconds: what has not run since the last look is remembered. */
export const activeLookName = (processes: number): string => `${lookName(processes)}, one at work`;
export const wholeLookName = (processes: number): string => `${activeLookName(processes)}, whole`;
/** Into its network namespace too, as at the look after something was done in it. */
export const networksLookName = (processes: number): string =>
  `${activeLookName(processes)}, with its network`;
/** What any look costs that comes after a pause: the way there and back. */
export const nothingName = (processes: number): string =>
  `a request that hears of nothing new, ${processes} processes`;
export const toolName = (tool: ToolName, processes: number): string =>
  `${tool} in the same lab, ${processes} processes`;
export const idleClassName = 'a class that is looked at, at rest: keeper and link';
export const activeClassName = 'a class that is looked at, a command each 10 s: keeper and link';
export const drawnName = 'typed to drawn: the new namespace in the x-ray';
export const tickedName = 'typed to ticked: the check of the step';

/** What a page is sent while its learner unpacks a root and starts a container, whole messages left out. */
export const frameName = 'an x-ray frame to a page whose learner works';

const ms = (name: string): Measure => ({ name, unit: 'ms' });

export const observeMeasures: readonly Measure[] = [
  ...labSizes.flatMap(({ processes, limit }): Measure[] => {
    const measure = {
      unit: 'ms',
      beside: toolName('lsns', processes),
      bar: atMost(limit),
    } as const;
    return [
      { ...measure, name: activeLookName(processes) },
      { ...measure, name: wholeLookName(processes) },
      { ...measure, name: lookName(processes) },
      ms(networksLookName(processes)),
      ms(nothingName(processes)),
    ];
  }),
  ...labSizes.flatMap(({ processes }) => toolNames.map((name) => ms(toolName(name, processes)))),
  { name: activeClassName, unit: '% of a core', bar: atMost(25) },
  { name: idleClassName, unit: '% of a core' },
  { name: frameName, unit: 'KiB', bar: atMost(4) },
  { name: drawnName, unit: 'ms', judged: 'p95', bar: atMost(400) },
  { name: tickedName, unit: 'ms', judged: 'p95', bar: atMost(400) },
];
