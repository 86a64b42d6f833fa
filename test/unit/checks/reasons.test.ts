// Why the checks of the course do not hold yet, and which hint fits: by what labs show after known wrong
// answers, in both languages.
import { describe, expect, test } from 'vitest';
import { sayReason } from '../../../app/ui/lesson/say-reason.ts';
import { reasonEn } from '../../../app/ui/texts/reason-en.ts';
import { reasonFr } from '../../../app/ui/texts/reason-fr.ts';
import { requireCourses } from '../../../content/load.ts';
import { LabHistory } from '../../../server/link/checks/history.ts';
import { compileCourses } from '../../../server/link/checks/judge.ts';
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

  test('every part of every check of the course has words, but for the counts of chapter 2', () => {
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
    expect(wordless).toEqual(['company', 'all-gone']);
  });

  test('the first element that gets furthest decides, not the first element', () => {
    const processes = [makeProcess(40), makeInside(41, 1)];
    const { en } = ask(ownProc(), { processes });
    expect(en).toHaveLength(1);
    expect(en[0]).toMatch(/none of these has a \/proc/);
  });
});
