// A course of one step for tests of link: its check looks at one file of this machine. Knows no lab.
import type { Course } from '../../content/schema.ts';
import type { StepRef } from '../../server/protocol/ids.ts';

const text = (words: string) => ({ fr: words, en: words });

export const tinyStep: StepRef = { course: 'tiny', version: 1, chapter: 'one', step: 'make' };

/**
 * A course whose check `made` is earned by making `path`, or follows whether it is there, and whose quiz `which`
 * wants the option `right`. Its hint `denied` fits a refusal that was printed.
 */
export function tinyCourse(path: string, { follow = false } = {}): Course {
  return {
    id: tinyStep.course,
    version: tinyStep.version,
    title: text('Tiny'),
    summary: text('Tiny.'),
    chapters: [
      {
        id: tinyStep.chapter,
        title: text('One'),
        summary: text('One.'),
        minutes: 1,
        xray: false,
        steps: [
          {
            id: tinyStep.step,
            title: text('Make it'),
            text: text('Make it.'),
            paths: [path],
            checks: [
              {
                id: 'made',
                follow,
                goal: text('It is there'),
                when: `files['${path}'].kind == 'file'`,
                seen: text('It has {size} bytes'),
                parameters: { size: `string(files['${path}'].size)` },
              },
            ],
            quizzes: [
              {
                kind: 'choice',
                id: 'which',
                question: text('Which?'),
                options: [
                  { id: 'right', text: text('A'), right: true, reply: text('Yes') },
                  { id: 'wrong', text: text('B'), right: false, reply: text('No') },
                ],
              },
            ],
            hints: [
              {
                id: 'denied',
                when: `printed.contains('not permitted') && files['${path}'].kind == 'absent'`,
                text: text('As root.'),
              },
            ],
            solution: [],
          },
        ],
      },
    ],
  };
}
