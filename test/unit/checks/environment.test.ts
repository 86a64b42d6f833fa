// Which expressions an author may write, and what is said of the others.
import { expect, test } from 'vitest';
import { checkExpression } from '../../../server/link/checks/environment.ts';

const wellFormed = [
  'containers.exists(c, rootedAt(c, files["/home/student/rootfs"]))',
  'processes.all(p, p.namespaces.net == lab.namespaces.net)',
  'hasMountAt(mounts, "/mnt", "tmpfs") && hasMountAt(mountsOf(processes[0]), "/mnt")',
  'mounts.exists(m, m.type == "overlay" && m.lower.size() == 2 && m.upper.endsWith("/upper"))',
  'ended.exists(e, e.signal == 9 || e.code == 0 || e.code == null)',
  'children(processes[0]).size() + ancestors(processes[1]).size() > 3',
  'sameNamespace(processes[0], processes[1], "uts") && samePlace(processes[0].root, lab.root)',
  'networkOf(processes[0]).links.exists(l, l.kind == "veth" && l.peerNetwork != lab.namespaces.net)',
  'networks.exists(n, n.rules.exists(r, r.action == "masquerade" && r.matches["source"] == "10.0.0.0/24"))',
  'groups.exists(g, g.path == "/cage" && g.processLimit == 100 && g.cores < 1.0) && processes[0].group == "/cage"',
  'mounts.exists(m, m.propagation == "shared" && m.peerGroup > 0 && m.master == -1)',
  'processes[0].user.inside.effective == 0 && processes[0].capabilities.ambient == "0"',
  'processes[0].pids[0] == 1 && processes[0].user.effective == 0 && processes[0].terminal < 0',
];

test.each(wellFormed)('%s is a condition', (source) => {
  expect(checkExpression(source, 'condition')).toBeUndefined();
});

test.each([
  ['processes.exists(p, p.pidd == 3)', 'at character 23: No such key: pidd'],
  ['procesess.size() > 0', 'at character 1: Unknown variable: procesess'],
  ['processes.size(', 'cannot be understood at character'],
  ['true &&\n processes[0].pid == "1"', 'at its line 2, character'],
  ['processes.size()', 'is of type int, not bool'],
  ['answer == "3"', 'Unknown variable: answer'],
  ['processes[0].name.matches("(a+)+")', 'matches(), which is not allowed'],
  [Array.from({ length: 500 }, () => 'true').join('&&'), 'cannot be understood'],
  ['sameNamespace(processes[0], processes[1], "pids")', 'sameNamespace wants one of cgroup, ipc,'],
  ['sameNamespace(processes[0], processes[1], processes[0].name)', 'sameNamespace wants one of'],
  ['processes.exists(p, sameNamespace(p, processes[0], "process"))', 'sameNamespace wants one of'],
  ['processes[0].view == processes[0].view', 'No such key: view'],
])('%s is refused as a condition, with the reason', (source, reason) => {
  expect(checkExpression(source, 'condition')).toContain(reason);
});

test('a parameter is a string or a whole number', () => {
  expect(checkExpression('processes[0].pid', 'parameter')).toBeUndefined();
  expect(checkExpression('processes[0].root.path', 'parameter')).toBeUndefined();
  expect(checkExpression('processes[0]', 'parameter')).toContain('is of type Process');
});

test('only the condition of a quiz knows the answer', () => {
  expect(checkExpression('string(processes[0].pid) == answer', 'answer')).toBeUndefined();
  expect(checkExpression('answer', 'answer')).toContain('is of type string, not bool');
});

test('what a terminal printed is a lead for hints, and proves nothing in a check or a quiz', () => {
  const source = 'printed.contains("not permitted") && containers.size() == 0';
  expect(checkExpression(source, 'hint')).toBeUndefined();
  for (const kind of ['condition', 'parameter', 'answer'] as const) {
    expect(checkExpression(source, kind)).toContain('printed');
  }
});
