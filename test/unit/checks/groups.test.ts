// What authors may ask of cgroups, and that a list that is not whole proves nothing.
import { expect, test } from 'vitest';
import { compileExpression } from '../../../server/link/checks/environment.ts';
import { LabHistory } from '../../../server/link/checks/history.ts';
import { refill } from '../../../server/link/checks/meter.ts';
import { LabView } from '../../../server/link/checks/view.ts';
import type { ObservedGroup } from '../../../server/protocol/snapshot.ts';
import {
  labNamespaces,
  makeProcess,
  makeSnapshot,
  makeUser,
  makeZombie,
  type LabState,
} from './lab-builder.ts';

const cage: ObservedGroup = {
  path: '/cage',
  memory: { used: 4096, limit: 32 * 1024 * 1024, kills: 1 },
  processes: { used: 2, limit: 100, refused: 3 },
  processor: { usedMicroseconds: 9, cores: 0.5, throttled: 4 },
};
const bare: ObservedGroup = { path: '/bare', memory: null, processes: null, processor: null };
const lab: LabState = {
  groups: [cage, bare],
  processes: [
    makeProcess(40, {
      group: '/cage',
      user: { ...makeUser(1000), inside: { real: 0, effective: 0 } },
    }),
  ],
};

function judge(source: string, state: LabState): unknown {
  refill();
  return compileExpression(source, 'condition')(new LabView(makeSnapshot(state), new LabHistory()));
}

test.each([
  'groups.exists(g, g.path == "/cage" && g.memoryLimit == 33554432 && g.kills == 1)',
  'groups.exists(g, g.processLimit == 100 && g.processes == 2 && g.refused == 3)',
  'groups.exists(g, g.cores == 0.5 && g.throttled == 4)',
  'groups.exists(g, g.path == "/bare" && g.memory == -1 && g.processLimit == -1 && g.cores == -1.0)',
  'processes.exists(p, groups.exists(g, g.path == p.group && g.processLimit > 0))',
  'processes.exists(p, p.user.effective == 1000 && p.user.inside.effective == 0)',
  'processes.exists(p, p.pid == 1 && p.user.inside.real == p.user.real)',
])('%s holds', (source) => {
  expect(judge(source, lab)).toBe(true);
});

test('who a process is in its own user namespace is not guessed: of a zombie, and of one that was over', () => {
  const own = makeProcess(50, { namespaces: { ...labNamespaces, user: '4026532777' } });
  const unknown = 'p.user.inside.real == -1 && p.user.inside.effective == -1';
  const zombies = { processes: [makeZombie(own)] };
  expect(judge(`processes.exists(p, p.pid == 50 && ${unknown})`, zombies)).toBe(true);
  expect(judge(`processes.exists(p, !p.alive && ${unknown})`, { passed: [own] })).toBe(true);
  const passed = [makeProcess(50, { user: makeUser(1000) })];
  expect(judge('processes.exists(p, !p.alive && p.user.inside.real == 1000)', { passed })).toBe(
    true,
  );
});

test('an expression over groups fails where some are not told, and any other does not', () => {
  const cut = { ...lab, moreGroups: 1 };
  expect(() => judge('!groups.exists(g, g.path == "/none")', cut)).toThrow('1 cgroups');
  expect(judge('processes.exists(p, p.group == "/cage")', cut)).toBe(true);
});
