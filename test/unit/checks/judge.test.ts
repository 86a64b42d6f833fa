// How compiled steps judge snapshots: what holds, what was seen, and that nothing crashes or runs long.
import { expect, test } from 'vitest';
import type { Course, Step } from '../../../content/schema.ts';
import { LabHistory } from '../../../server/link/checks/history.ts';
import { compileCourses } from '../../../server/link/checks/judge.ts';
import type { CompiledStep } from '../../../server/link/checks/judge.ts';
import { labNamespaces, makeInside, makeProcess, makeSnapshot } from './lab-builder.ts';
import { makeLink, makeNetwork } from './network-builder.ts';

const text = { fr: 'texte', en: 'text' };
const ref = { course: 'course', version: 1, chapter: 'chapter', step: 'step' };

function makeCourse(step: Partial<Step>): Course {
  const whole: Step = {
    title: text,
    paths: [],
    checks: [],
    quizzes: [],
    hints: [],
    id: 'step',
    text,
    solution: [],
    ...step,
  };
  const about = { title: text, summary: text, minutes: 1, xray: false };
  const chapter = { ...about, id: 'chapter', steps: [whole] };
  return { version: 1, title: text, summary: text, id: 'course', chapters: [chapter] };
}

function compileStep(step: Partial<Step>): CompiledStep {
  const compiled = compileCourses([makeCourse(step)]).findStep(ref);
  if (compiled === undefined) throw new Error('the step is not in the book');
  return compiled;
}

test('what was cut proves nothing: neither that something is there nor that nothing is', () => {
  for (const when of ['processes.exists(p, p.pid == 1)', '!processes.exists(p, p.pid == 4711)']) {
    expect(judge(when)?.holds).toBe(true);
    expect(judge(when, makeSnapshot({ truncated: true }))?.holds).toBe(false);
  }
  const hints = [{ id: 'gone', text, when: '!processes.exists(p, p.pid == 4711)' }];
  const step = compileStep({ hints });
  expect(step.fitting(makeSnapshot(), new LabHistory(), '')).toEqual(['gone']);
  expect(step.fitting(makeSnapshot({ truncated: true }), new LabHistory(), '')).toEqual([]);
});

function judge(when: string, snapshot = makeSnapshot(), parameters: Record<string, string> = {}) {
  const step = compileStep({
    checks: [{ id: 'goal', goal: text, when, follow: false, seen: text, parameters }],
  });
  return step.judge(snapshot, new LabHistory())[0];
}

test('of networks that did not answer nothing is known: neither that something is there nor that nothing is', () => {
  const net = labNamespaces.net;
  const networks = { [net]: makeNetwork([makeLink(1)]) };
  const known = 'networkOf(processes[0]).links.exists(l, l.kind == "loopback")';
  for (const when of [
    '!networks.exists(n, n.links.exists(l, l.kind == "veth"))',
    'networks.all(n, n.links.all(l, l.kind == "loopback"))',
    'networks.size() < 2',
  ]) {
    expect(judge(when, makeSnapshot({ networks }))?.holds).toBe(true);
    expect(judge(when, makeSnapshot({ networks: null }))?.holds).toBe(false);
    expect(judge(when, makeSnapshot({ networks, networksMissing: true }))?.holds).toBe(false);
  }
  expect(judge(known, makeSnapshot({ networks, networksMissing: true }))?.holds).toBe(true);
});

test('a step is found by course, version, chapter and step, and by nothing less', () => {
  const book = compileCourses([makeCourse({ paths: ['/etc'] })]);
  expect(book.findStep(ref)?.paths).toEqual(['/etc']);
  expect(book.findStep({ ...ref, version: 2 })).toBeUndefined();
  expect(book.findStep({ ...ref, step: 'other' })).toBeUndefined();
});

test('what was seen comes with a check that holds, as text', () => {
  const snapshot = makeSnapshot({ processes: [makeInside(57, 1)] });
  const parameters = { outside: 'containers[0].pid', path: 'containers[0].root.path' };
  expect(judge('containers.size() == 1', snapshot, parameters)).toEqual({
    check: 'goal',
    holds: true,
    seen: { outside: '57', path: '/home/student/rootfs' },
  });
  expect(judge('containers.size() == 2', snapshot, parameters)).toEqual({
    check: 'goal',
    holds: false,
  });
});

test('what was seen is cut to what the protocol carries', () => {
  const snapshot = makeSnapshot({ processes: [makeProcess(60, { command: ['x'.repeat(256)] })] });
  const seen = judge('true', snapshot, { argument: 'processes[2].command[0]' })?.seen;
  expect(seen?.['argument']).toHaveLength(200);
});

test.each([
  'processes[99].pid == 1',
  'files["/nowhere"].kind == "file"',
  '1 / (processes.size() - processes.size()) == 1',
])('%s fails at run time, so it does not hold', (when) => {
  expect(judge(when)).toEqual({ check: 'goal', holds: false });
});

test('a parameter that cannot be read does not take the check away', () => {
  expect(judge('true', makeSnapshot(), { pid: 'processes[99].pid' })?.seen).toEqual({ pid: '?' });
});

test('an expression that asks for too much ends soon and does not hold', () => {
  const processes = Array.from({ length: 500 }, (_, index) => makeProcess(100 + index));
  const snapshot = makeSnapshot({ processes });
  const nested =
    'processes.exists(a, processes.exists(b, processes.exists(c, c.pid + b.pid + a.pid == -1)))';
  const start = performance.now();
  expect(judge(`!${nested}`, snapshot)?.holds).toBe(false);
  expect(performance.now() - start).toBeLessThan(2000);
});

const full = Array.from({ length: 90 }, (_, index) => makeProcess(100 + index));

test.each([
  'cel.bind(ps, processes, ps.all(a, ps.all(b, ps.all(c, true))))',
  'cel.bind(ps, processes.filter(p, true), ps.all(a, ps.all(b, ps.all(c, true))))',
  'cel.bind(ps, processes.map(p, p.pid), ps.all(a, ps.all(b, ps.all(c, true))))',
  'cel.bind(ps, [processes], ps[0].all(a, ps[0].all(b, ps[0].all(c, true))))',
  'cel.bind(ps, processes, ps.all(a, ps.filter(b, ps.exists_one(c, c.pid == b.pid)).size() > 0))',
  'cel.bind(ps, processes.map(p, p.pid), ps.all(a, ps.all(b, ps.all(c, c in ps))))',
  'cel.bind(ps, processes.map(p, p.pid), ps.all(a, ps.all(b, ps == ps)))',
  'cel.bind(ps, processes, cel.bind(qs, ps + ps + ps + ps, cel.bind(rs, qs + qs, rs.all(a, rs.all(b, true)))))',
  'cel.bind(ps, dyn(processes), ps.all(a, ps.all(b, ps.all(c, true))))',
  'cel.bind(ms, mounts.map(m, processes), processes.all(a, processes.all(b, ms[0].all(c, true))))',
])('%s costs what it goes through', (when) => {
  const few = makeSnapshot({ processes: full.slice(0, 3) });
  expect(judge(when, few)?.holds).toBe(true);
  expect(judge(when, makeSnapshot({ processes: full }))?.holds).toBe(false);
});

test('what a network holds is charged, too', () => {
  const links = Array.from({ length: 64 }, (_, index) => makeLink(index + 1));
  const networks = (many: number) => ({
    [labNamespaces.net]: makeNetwork(links.slice(0, many)),
  });
  const when =
    'networks.exists(n, n.links.all(a, n.links.all(b, n.links.all(c, n.links.all(d, d.index > 0)))))';
  expect(judge(when, makeSnapshot({ networks: networks(3) }))?.holds).toBe(true);
  expect(judge(when, makeSnapshot({ networks: networks(64) }))?.holds).toBe(false);
});

test('two nested loops over a full lab are within the budget', () => {
  const processes = Array.from({ length: 500 }, (_, index) => makeProcess(100 + index));
  const when = '!processes.exists(a, processes.exists(b, b.pid + a.pid == -1))';
  expect(judge(when, makeSnapshot({ processes }))?.holds).toBe(true);
});

test('children and ancestors follow parents within the lab', () => {
  const processes = [
    makeProcess(54, { parent: 28, name: 'sudo' }),
    makeProcess(56, { parent: 54, name: 'unshare' }),
    makeInside(57, 1, { parent: 56 }),
  ];
  const when =
    'ancestors(containers[0]).map(p, p.name) == ["unshare", "sudo", "bash"] && ' +
    'children(processes[2]).map(p, p.name) == ["unshare"]';
  expect(judge(when, makeSnapshot({ processes }))?.holds).toBe(true);
});

test('parents that form a circle are followed only so far', () => {
  const processes = [makeProcess(60, { parent: 61 }), makeProcess(61, { parent: 60 })];
  expect(judge('ancestors(processes[2]).size() == 64', makeSnapshot({ processes }))?.holds).toBe(
    true,
  );
});

test('courses with unusable expressions are refused, all of them named', () => {
  const check = {
    id: 'goal',
    goal: text,
    when: 'nonsense',
    follow: false,
    seen: text,
    parameters: { a: '1 +' },
  };
  expect(() => compileCourses([makeCourse({ checks: [check] })])).toThrow(
    /course@1\/chapter\/step: .*nonsense[^]*Unexpected token/,
  );
});

test('a choice is right when it is the right option, with or without a lab', () => {
  const option = (id: string, right: boolean) => ({ id, right, text, reply: text });
  const options = [option('one', false), option('two', true)];
  const step = compileStep({ quizzes: [{ kind: 'choice', id: 'quiz', question: text, options }] });
  const history = new LabHistory();
  expect(step.answer('quiz', 'two', undefined, history)).toEqual({ right: true });
  expect(step.answer('quiz', 'one', undefined, history)).toEqual({ right: false });
  expect(step.answer('quiz', 'three', undefined, history)).toEqual({ right: false });
  expect(step.answer('other', 'two', undefined, history)).toBeUndefined();
});

test('a typed value is judged by the lab, and is wrong without one', () => {
  const when = 'containers.exists(c, string(c.pid) == answer)';
  const step = compileStep({
    quizzes: [{ kind: 'value', id: 'quiz', question: text, when, right: text, wrong: text }],
  });
  const history = new LabHistory();
  const snapshot = makeSnapshot({ processes: [makeInside(57, 1)] });
  expect(step.answer('quiz', ' 57 ', snapshot, history)).toEqual({ right: true });
  expect(step.answer('quiz', '1', snapshot, history)).toEqual({ right: false });
  expect(step.answer('quiz', '57', undefined, history)).toEqual({ right: false });
});
