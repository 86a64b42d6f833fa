// What the judge remembers of a lab. Knows no expression.
import { expect, test } from 'vitest';
import { LabHistory } from '../../../server/link/checks/history.ts';
import {
  labNamespaces,
  makeExit,
  makeInside,
  makeProcess,
  makeSnapshot,
  makeZombie,
} from './lab-builder.ts';

const sleeper = makeProcess(50, { executable: '/usr/bin/sleep' });
const withSleeper = makeSnapshot({ processes: [sleeper] });

test('a process whose end the kernel told is remembered with its signal', () => {
  const history = new LabHistory();
  history.observe(withSleeper);
  history.observe(makeSnapshot({ exits: [makeExit(sleeper, { signal: 15 })] }));
  expect(history.ended).toMatchObject([{ process: sleeper, code: null, signal: 15 }]);
});

test('a process that is missed without the kernel telling has neither code nor signal', () => {
  const history = new LabHistory();
  history.observe(withSleeper);
  history.observe(makeSnapshot());
  expect(history.ended).toMatchObject([{ process: sleeper, code: null, signal: null }]);
});

test('an end that is told one snapshot late completes what was missed', () => {
  const history = new LabHistory();
  history.observe(withSleeper);
  history.observe(makeSnapshot());
  history.observe(makeSnapshot({ exits: [makeExit(sleeper, { code: 3 })] }));
  expect(history.ended).toMatchObject([{ process: sleeper, code: 3, signal: null }]);
});

test('a zombie keeps the namespaces and root that it had alive, and ends once', () => {
  const history = new LabHistory();
  const container = makeInside(57, 1);
  const zombie = makeZombie(container);
  history.observe(makeSnapshot({ processes: [container] }));
  history.observe(
    makeSnapshot({ processes: [zombie], exits: [makeExit(container, { signal: 9 })] }),
  );
  history.observe(makeSnapshot({ processes: [zombie] }));
  history.observe(makeSnapshot());
  expect(history.ended).toMatchObject([{ process: container, code: null, signal: 9 }]);
});

test('a process that was never seen alive is not remembered', () => {
  const history = new LabHistory();
  history.observe(makeSnapshot({ processes: [makeZombie(sleeper)] }));
  history.observe(makeSnapshot({ exits: [makeExit(sleeper, { signal: 15 })] }));
  expect(history.ended).toEqual([]);
});

test('a PID that is used again is another process', () => {
  const history = new LabHistory();
  const next = { ...sleeper, startTime: sleeper.startTime + 500 };
  history.observe(withSleeper);
  history.observe(makeSnapshot({ processes: [next] }));
  expect(history.ended.map((ended) => ended.process.startTime)).toEqual([sleeper.startTime]);
});

test('nobody counts as gone by being cut from a list that was too long', () => {
  const history = new LabHistory();
  history.observe(withSleeper);
  history.observe(makeSnapshot({ truncated: true }));
  expect(history.ended).toEqual([]);
  history.observe(makeSnapshot());
  expect(history.ended).toHaveLength(1);
});

test('only the last 256 ends are kept', () => {
  const history = new LabHistory();
  for (let pid = 100; pid < 400; pid += 1) {
    history.observe(makeSnapshot({ processes: [makeProcess(pid)] }));
  }
  history.observe(makeSnapshot());
  expect(history.ended).toHaveLength(256);
  expect(history.ended.at(-1)?.process.pid).toBe(399);
});

test('a namespace that got the number of one that is gone is another: by its PID 1', () => {
  const history = new LabHistory();
  const first = makeInside(57, 1);
  const child = makeInside(58, 2);
  const second = makeInside(67, 1);
  const late = makeInside(68, 2);
  history.observe(makeSnapshot({ processes: [first, child] }));
  history.observe(makeSnapshot({ processes: [second, late] }));
  const [one, two] = history.ended.map(({ identities }) => identities?.pid);
  expect(one).toBe(two);
  expect(history.identify(second)?.pid).toBe(history.identify(late)?.pid);
  expect(history.identify(second)?.pid).not.toBe(one);
});

test('a process stays in the namespace that it was seen in, also when its PID 1 cannot be read any more', () => {
  const history = new LabHistory();
  const first = makeInside(57, 1);
  const child = makeInside(58, 2);
  history.observe(makeSnapshot({ processes: [first, child] }));
  const before = history.identify(child)?.pid;
  history.observe(makeSnapshot({ processes: [makeZombie(first), child] }));
  expect(history.identify(child)?.pid).toBe(before);
});

test('a namespace of another kind is the same while somebody is in it, and another after a look without', () => {
  const history = new LabHistory();
  const inside = (pid: number) => {
    const namespaces = { ...labNamespaces, mnt: '4026532399' };
    return makeProcess(pid, { namespaces });
  };
  const identityOf = (pid: number) => {
    history.observe(makeSnapshot({ processes: [inside(pid)] }));
    return history.identify(inside(pid))?.mnt;
  };
  const one = identityOf(80);
  expect(identityOf(81)).toBe(one);
  history.observe(makeSnapshot());
  expect(identityOf(83)).not.toBe(one);
});

test('a namespace that a cut look leaves out counts as another: its number may have been given again', () => {
  const history = new LabHistory();
  const look = (pid: number, id: string, truncated = false) => {
    const one = makeProcess(pid, { namespaces: { ...labNamespaces, net: id } });
    history.observe(makeSnapshot({ processes: [one], truncated }));
    return history.identify(one)?.net;
  };
  const one = look(80, '4026532399');
  expect(look(81, '4026532399', true)).toBe(one);
  look(82, '4026532400', true);
  expect(look(83, '4026532399', true)).not.toBe(one);
});
