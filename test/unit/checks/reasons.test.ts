// Why the checks of the course do not hold yet, and which hint fits: by what labs show after known wrong
// answers, in both languages.
import { describe, expect, test } from 'vitest';
import { sayReason } from '../../../app/ui/lesson/say-reason.ts';
import { reasonEn } from '../../../app/ui/texts/reason-en.ts';
import { reasonFr } from '../../../app/ui/texts/reason-fr.ts';
import { requireCourses } from '../../../content/load.ts';
import { LabHistory } from '../../../server/link/checks/history.ts';
import { compileCourses } from '../../../server/link/checks/judge.ts';
import { reasonSchema } from '../../../server/protocol/reasons.ts';
import type { CompiledStep } from '../../../server/link/checks/judge.ts';
import { compileReason } from '../../../server/link/checks/reasons.ts';
import type { LabState } from './lab-builder.ts';
import {
  containerPidNamespace,
  labNamespaces,
  makeChroot,
  makeFile,
  makeInside,
  makeProcess,
  makeSnapshot,
  rootfsProcMount,
} from './lab-builder.ts';

const courses = requireCourses('content/courses');
const book = compileCourses(courses);

function find(chapter: string, step: string): CompiledStep {
  const [course] = courses;
  const { id = '', version = 0 } = course ?? {};
  const found = book.findStep({ course: id, version, chapter, step });
  if (found === undefined) throw new Error(`there is no ${chapter}/${step}`);
  return found;
}

const rootfsFiles = { '/home/student/rootfs/usr/bin/dash': makeFile() };

function ask(step: CompiledStep, lab: LabState, printed = '') {
  const snapshot = makeSnapshot({ files: rootfsFiles, ...lab });
  const history = new LabHistory();
  history.observe(snapshot);
  const reasons = step.reasons(snapshot, history);
  return {
    hints: step.fitting(snapshot, history, printed),
    en: reasons.map((reason) => sayReason(reason, reasonEn)),
    fr: reasons.map((reason) => sayReason(reason, reasonFr)),
  };
}

const newNamespace = () => find('pid-namespace', 'a-new-namespace');
const ownProc = () => find('pid-namespace', 'a-proc-of-its-own');
const cleanWay = () => find('pid-namespace', 'the-clean-way');

describe('known wrong answers bring the hint that fits, and the part that is false', () => {
  test('nothing done yet', () => {
    expect(ask(newNamespace(), {})).toEqual({
      hints: [],
      en: ['There is no container that has /home/student/rootfs for its root.'],
      fr: ['Il n’y a aucun conteneur qui a /home/student/rootfs pour racine.'],
    });
  });

  test('unshare without --fork', () => {
    const shell = makeChroot(40, { childPidNamespace: containerPidNamespace });
    expect(ask(newNamespace(), { processes: [shell] }).hints).toEqual(['fork-forgotten']);
  });

  test('unshare without chroot', () => {
    const inside = makeInside(41, 1, { root: { path: '/', device: '0:48', inode: '2' } });
    expect(ask(newNamespace(), { processes: [inside] }).hints).toEqual(['chroot-forgotten']);
  });

  test('proc mounted on the lab, not in the container', () => {
    const over = { ...rootfsProcMount, id: 500, target: '/proc' };
    expect(ask(ownProc(), { processes: [makeInside(41, 1)], mounts: [over] })).toEqual({
      hints: ['proc-over-proc'],
      en: [
        'There is a container that has /home/student/rootfs for its root, but none of these has a /proc that shows its own processes.',
      ],
      fr: [
        'Il y a un conteneur qui a /home/student/rootfs pour racine, mais aucun de ceux-là n’a un /proc qui montre ses propres processus.',
      ],
    });
  });

  test('proc mounted for the container from outside', () => {
    const inside = makeInside(41, 1, { procNamespace: labNamespaces.pid });
    expect(ask(ownProc(), { processes: [inside] }).hints).toEqual(['proc-of-the-lab']);
  });

  test('the container has gone', () => {
    expect(ask(ownProc(), {}).hints).toEqual(['container-gone']);
  });

  test('a container without mounts of its own', () => {
    const inside = makeInside(41, 1, { procNamespace: containerPidNamespace });
    const { hints, en } = ask(cleanWay(), { processes: [inside] });
    expect(hints).toEqual(['shared-mounts']);
    expect(en[0]).toMatch(/but none of these has a mnt namespace of its own\.$/);
  });

  test('a command that complained, by its words', () => {
    const enter = (printed: string, kind: 'directory' | 'absent' = 'directory') => {
      const files = { '/home/student/rootfs': makeFile({ kind }) };
      return ask(find('chroot', 'enter-the-root'), { files }, printed).hints;
    };
    const complaint = "chroot: cannot change root directory to 'rootfs': ";
    expect(enter('student@lab:~$ ')).toEqual([]);
    expect(enter(`${complaint}Operation not permitted`)).toEqual(['needs-root']);
    expect(enter(`${complaint}No such file or directory`)).toEqual(['elsewhere']);
    expect(enter(`${complaint}No such file or directory`, 'absent')).toEqual(['no-rootfs']);
    const refused = 'unshare: unshare failed: Operation not permitted';
    expect(ask(newNamespace(), {}, refused).hints).toEqual(['needs-root']);
  });

  test('what was never done has no end', () => {
    const { hints, en, fr } = ask(find('chroot', 'the-smallest-root'), {});
    expect(hints).toEqual(['never-entered']);
    expect(en[0]).toBe(
      'There is no process that has ended that has /home/student/rootfs for its root.',
    );
    expect(fr[0]).toBe('Il n’y a aucun processus terminé qui a /home/student/rootfs pour racine.');
    expect(ask(find('pid-namespace', 'what-stays-mounted'), {}).hints).toEqual([
      'nothing-left-behind',
    ]);
  });

  test('a container that had mounts of its own left nothing behind', () => {
    const step = find('pid-namespace', 'what-stays-mounted');
    const hintsAfter = (mnt: string) => {
      const history = new LabHistory();
      const pid = containerPidNamespace;
      const namespaces = { ...labNamespaces, pid, mnt };
      const container = makeInside(41, 1, { procNamespace: pid, namespaces });
      history.observe(makeSnapshot({ processes: [container] }));
      history.observe(makeSnapshot());
      return step.fitting(makeSnapshot(), history, '');
    };
    expect(hintsAfter('4026532399')).toEqual(['nothing-left-behind']);
    expect(hintsAfter(labNamespaces.mnt)).toEqual([]);
  });

  test('a folder that something else is mounted over', () => {
    const files = {
      '/home/student': makeFile({ kind: 'directory', device: '7:3' }),
      '/home/student/rootfs': makeFile({ kind: 'directory', device: '0:48', inode: '2' }),
    };
    const { en, fr } = ask(find('chroot', 'a-system-in-a-folder'), { files });
    expect(en[0]).toMatch(/rootfs is not on the disk of \/home\/student: something else/);
    expect(fr[0]).toMatch(/rootfs n’est pas sur le disque de \/home\/student\u202f: autre chose/);
  });

  test('a mount that was left behind is said of the lab itself', () => {
    const { en, fr } = ask(find('pid-namespace', 'what-stays-mounted'), {
      mounts: [rootfsProcMount],
    });
    expect(en).toEqual(['Something is still mounted at /home/student/rootfs/proc.']);
    expect(fr).toEqual(['Quelque chose est encore monté sur /home/student/rootfs/proc.']);
  });
});

describe('reasons', () => {
  test('a check that holds has none', () => {
    const inside = makeInside(41, 1);
    expect(ask(newNamespace(), { processes: [inside] })).toEqual({ hints: [], en: [], fr: [] });
  });

  test('every part of every check of the courses has words', () => {
    const wordless = courses
      .flatMap((course) => course.chapters.flatMap(({ steps }) => steps))
      .flatMap((step) => step.checks)
      .flatMap((check) => {
        const reason = compileReason(check.when);
        const found: string[] = [];
        // Each part in turn is made the first that is false.
        for (let holding = 0; holding < 20; holding += 1) {
          let asked = 0;
          const part = reason(() => {
            asked += 1;
            return asked <= holding;
          });
          if (part?.missing.say === 'expression') found.push(check.id);
        }
        return found;
      });
    expect(wordless).toEqual([]);
  });

  test.each([
    {
      when: "containers.exists(c, isContainer(c) && processes.filter(p, p.alive && p.pid != c.pid && sameNamespace(p, c, 'pid')).size() >= 2)",
      en: 'There is no container that goes with at least 2 processes, each of which is alive, is another than this one, and is in the same pid namespace.',
      fr: 'Il n’y a aucun conteneur qui va avec au moins 2 processus, dont chacun est en vie, est un autre que celui-ci et est dans le même espace de noms pid.',
      part: 1,
    },
    {
      when: 'containers.size() > 1',
      en: 'There should be more than 1 containers.',
      fr: 'Il faudrait plus de 1 conteneurs.',
    },
    {
      when: "hasMountAt(mounts, '/a') || hasMountAt(mounts, '/b')",
      en: 'One of these has to change. Nothing is mounted at /a. Nothing is mounted at /b.',
      fr: 'L’une de ces choses doit changer. Rien n’est monté sur /a. Rien n’est monté sur /b.',
    },
    {
      when: 'processes.all(p, samePlace(p.root, lab.root))',
      en: 'Of all processes, each should be one that has the lab’s own root.',
      fr: 'Il faudrait des processus dont chacun a la racine du labo.',
    },
    {
      when: "mounts.exists(m, m.type == 'overlay' && m.target == '/mnt')",
      en: 'There is no mount that is of type overlay.',
      fr: 'Il n’y a aucun montage qui est de type overlay.',
    },
    {
      when: "networks.exists(n, n.links.exists(l, l.kind == 'veth' && l.up))",
      en: 'There is no network that has a link that is of type veth and is switched on.',
      fr: 'Il n’y a aucun réseau qui a une interface qui est de type veth et est en service.',
    },
    {
      when: "groups.exists(g, g.path == '/cage' && g.processLimit == 100)",
      en: 'There is no cgroup that fits `g.path == "/cage"`.',
      fr: 'Il n’y a aucun cgroup qui convient à `g.path == "/cage"`.',
    },
    {
      when: 'groups.size() > 2',
      en: 'There should be more than 2 cgroups.',
      fr: 'Il faudrait plus de 2 cgroups.',
    },
    {
      when: 'ended.exists(e, 10 - (3 + e.process.pid) == 5 && e.process.name != "🦈")',
      en: 'There is no process that has ended that fits `10 - (3 + e.process.pid) == 5`.',
      fr: 'Il n’y a aucun processus terminé qui convient à `10 - (3 + e.process.pid) == 5`.',
    },
    {
      when: "networkOf(processes[0]).links.exists(l, l.kind == 'veth')",
      en: 'There is no link that is of type veth.',
      fr: 'Il n’y a aucune interface qui est de type veth.',
    },
  ])('$when has words', ({ when, en, fr, part = 0 }) => {
    let asked = 0;
    const found = compileReason(when)(() => (asked += 1) <= part);
    if (found === undefined) throw new Error('no part is false');
    const reason = { ...found, met: [] };
    expect([sayReason(reason, reasonEn), sayReason(reason, reasonFr)]).toEqual([en, fr]);
    expect(reasonSchema.parse({ check: 'any', ...found })).toMatchObject(found);
  });

  test('after a look that was cut it is said that nothing was judged, and of how much', () => {
    const processes = Array.from({ length: 30 }, (_, index) => makeProcess(100 + index));
    const { hints, en, fr } = ask(newNamespace(), { processes, truncated: true });
    expect(hints).toEqual([]);
    expect(en).toEqual([
      'The lab holds more than is looked at, so no check is judged until there is less of it. Looked at: processes 32, mounts in one namespace 1.',
    ]);
    expect(fr[0]).toMatch(/aucune case n’est jugée .* Regardés\u202f: 32 processus, 1 montages/);
  });

  test('of a part about cgroups it is said that there are too many to judge it, and of no other part', () => {
    const group = { path: '/cage', memory: null, processes: null, processor: null };
    const snapshot = makeSnapshot({ groups: [group], moreGroups: 7 });
    const [course] = courses;
    const [chapter] = course?.chapters ?? [];
    const [step] = chapter?.steps ?? [];
    if (course === undefined || chapter === undefined || step === undefined)
      throw new Error('there is no course');
    const [check] = step.checks;
    if (check === undefined) throw new Error('there is no check');
    const asking = (id: string, when: string) => ({ ...check, id, when, parameters: {} });
    const checks = [
      asking('one', 'groups.size() > 0'),
      asking('two', 'groups.size() > 9 || containers.size() > 3'),
      asking('three', 'containers.size() > 3'),
    ];
    const grouped = { ...course, chapters: [{ ...chapter, steps: [{ ...step, checks }] }] };
    const compiled = compileCourses([grouped]).findStep({
      course: course.id,
      version: course.version,
      chapter: chapter.id,
      step: step.id,
    });
    const reasons = compiled?.reasons(snapshot, new LabHistory()) ?? [];
    expect(reasons.map((reason) => sayReason(reasonSchema.parse(reason), reasonEn))).toEqual([
      'The lab has more cgroups than are looked at, so this check is not judged until there are fewer. Not looked at: 7.',
      'The lab has more cgroups than are looked at, so this check is not judged until there are fewer. Not looked at: 7.',
      'There should be more than 3 containers.',
    ]);
    expect(reasons.map((reason) => sayReason(reason, reasonFr))[0]).toMatch(
      /pas jugée .* Non regardés\u202f: 7\.$/,
    );
  });

  test('the first element that gets furthest decides, not the first element', () => {
    const processes = [makeProcess(40), makeInside(41, 1)];
    const { en } = ask(ownProc(), { processes });
    expect(en).toHaveLength(1);
    expect(en[0]).toMatch(/none of these has a \/proc/);
  });
});
