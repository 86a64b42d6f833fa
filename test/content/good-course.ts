// A course of one step with nothing wrong in it, for tests to break. Knows no test.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const files: Record<string, string> = {
  'demo/course.yaml': `version: 1
title: { fr: Démo, en: Demo }
summary: { fr: Une démo, en: A demo }
`,
  'demo/01-first/chapter.yaml': `title: { fr: Premier, en: First }
summary: { fr: Le premier, en: The first }
minutes: 5
`,
  'demo/01-first/01-look/step.yaml': `title:
  fr: Regarder
  en: Look
paths: ['/bin']
checks:
  - id: shell
    goal:
      fr: Il y a un shell
      en: There is a shell
    when: files["/bin"].kind == "directory"
    seen:
      fr: "/bin est l’inode {inode}"
      en: "/bin is inode {inode}"
    parameters:
      inode: files["/bin"].inode
quizzes:
  - kind: choice
    id: which
    question: { fr: Est-ce bien ?, en: Is it good? }
    options:
      - id: yes-it-is
        text: { fr: Oui, en: 'Yes' }
        right: true
        reply: { fr: Oui, en: 'Yes' }
      - id: no-it-is-not
        text: { fr: Non, en: No }
        reply: { fr: Non, en: No }
`,
  'demo/01-first/01-look/solution.yaml': `actions:
  - terminal: 1
    type: ls
    wait: { check: shell }
  - quiz: which
    answer: yes-it-is
`,
  'demo/01-first/01-look/step.fr.md':
    'Regardez.\n\n```sh terminal=1\nls\n```\n\n```output\nusr\n```\n',
  'demo/01-first/01-look/step.en.md': 'Look.\n\n```sh terminal=1\nls\n```\n\n```output\nusr\n```\n',
};

export const goodCourse = {
  writeTo(dir: string): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  },
};
