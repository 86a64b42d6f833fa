// What the lab benchmark measures, in the order of its table, with what each must be. Measures nothing.
import type { Measure } from '../tally.ts';
import { atLeast, atLeastAsMuchAs, atMost, atMostTimes, type Target } from '../target.ts';

const runcStart = 'runc: start to first byte';
const bubblewrapStart = 'bubblewrap: start to first byte';
const bareStart = 'bare node-pty: start to first byte';
const bubblewrapKept = 'bubblewrap: made to first byte and kept';
const bubblewrapMemory = 'bubblewrap: memory, shell left out';

const ms = (name: string, beside?: string): Measure => ({
  name,
  unit: 'ms',
  ...(beside === undefined ? {} : { beside }),
});
const mib = (name: string): Measure => ({ name, unit: 'MiB' });
const perSecond = (name: string): Measure => ({ name, unit: 'per s' });

/** So many labs the bars are for. */
const CROWD = { bar: 300, goal: 1000 } as const;

export const labMeasures = (crowd: number): readonly Measure[] => [
  {
    ...ms('keeper, cold: create to first prompt byte', runcStart),
    bar: atMostTimes(2, 'runc', runcStart),
    goal: atMostTimes(1, 'runc', runcStart),
  },
  {
    ...ms('keeper, warm: create to first prompt byte', bubblewrapStart),
    bar: atMost(15),
    goal: atMostTimes(1, 'bubblewrap', bubblewrapStart),
  },
  { ...ms('keeper: destroy-lab', 'bubblewrap: teardown'), bar: atMost(10), goal: atMost(2) },
  ms('keeper: destroy-lab, its home kept first'),
  ms('keeper, cold: create-lab', bubblewrapStart),
  ms('keeper, warm: create-lab', bubblewrapStart),
  ms('keeper: open-terminal to first byte', bareStart),
  ms('house, cold: click to first byte', runcStart),
  ms('house, cold: click to prompt'),
  ms('  POST /api/lab'),
  ms('  WebSocket, lab made, welcome'),
  ms('  open → opened'),
  ms('  attach → first byte'),
  ms('  first byte → prompt'),
  ms('house, warm: click to first byte', runcStart),
  ms('house, warm: click to prompt'),
  ms(bubblewrapStart),
  ms('lxc: start to first byte'),
  ms(runcStart),
  ms('unshare: start to first byte'),
  ms(bareStart),
  ms('bubblewrap: teardown'),
  ms('lxc: teardown'),
  ms('runc: teardown'),
  ms('unshare: teardown'),
  {
    ...ms('link: event loop late while a lab is made', 'link: event loop late, idle'),
    judged: 'p99',
    bar: atMost(2),
    goal: atMostTimes(1, 'idle', 'link: event loop late, idle'),
  },
  ms('link: event loop late, idle'),
  ms('echo in another lab while a lab is made', 'echo in another lab, idle'),
  ms('echo in another lab, idle'),
  {
    ...perSecond('keeper: made to first byte and kept'),
    beside: bubblewrapKept,
    bar: atLeast(40),
    goal: atLeastAsMuchAs('bubblewrap', bubblewrapKept),
  },
  perSecond(bubblewrapKept),
  perSecond('lxc: made to first byte and kept'),
  perSecond('runc: made to first byte and kept'),
  {
    ...mib('idle lab with a terminal, shell left out'),
    beside: bubblewrapMemory,
    bar: atMost(2),
    goal: atMost(1),
  },
  mib('lab: PSS of its processes but the shell'),
  mib('lab: PSS of the shell'),
  mib('lab: growth of the kernel'),
  mib('lab: of that, what the kernel can drop'),
  mib('lab: kernel memory by its cgroup'),
  mib('lab: growth of keeper'),
  mib(bubblewrapMemory),
  mib('lxc: memory, shell left out'),
  mib('runc: memory, shell left out'),
  perSecond('house: learners let in'),
  { name: 'crowd: PSS of everything and kernel', unit: 'GiB', ...ofCrowd(crowd, 3) },
  { name: 'crowd: less available on the machine', unit: 'GiB' },
  { ...ms('crowd: echo', 'echo in another lab, idle'), judged: 'p99', ...ofCrowd(crowd, 5) },
];

/** The same limit for both, and more labs for the goal: a smaller crowd says nothing. */
function ofCrowd(crowd: number, limit: number): Pick<Measure, 'bar' | 'goal'> {
  const target = (labs: number): Target => {
    const text = `<= ${limit} with ${labs}`;
    return (value) => (crowd < labs ? { text } : { text, reached: value <= limit });
  };
  return { bar: target(CROWD.bar), goal: target(CROWD.goal) };
}
