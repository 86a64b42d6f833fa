// What an author may write in a course, as schemas: the descriptions are the manual (docs/AUTHORING.md).
// Knows no file system; load.ts reads the folders.
import { z } from 'zod';

/** The languages every text of a course must have. */
export const languages = ['fr', 'en'] as const;
export type Language = (typeof languages)[number];

/** A text in every language. */
export const localizedSchema = z.strictObject({
  fr: z.string().trim().min(1),
  en: z.string().trim().min(1),
});
export type Localized = z.infer<typeof localizedSchema>;

/** Lower-case words joined by hyphens; never changed once published, since progress refers to it. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .max(64);

/** A CEL expression over the snapshot; docs/AUTHORING.md lists its variables and functions. */
export const expressionSchema = z.string().trim().min(1).max(2000);

/** Which of the learner's terminals: 1 is the first, 2 the second, opened beside it. */
export const terminalNumberSchema = z.int().min(1).max(2);

/** courses/<course>/course.yaml */
export const courseFileSchema = z.strictObject({
  /** Raised when a step or check is removed or changes its meaning; progress rows carry it. */
  version: z.int().min(1),
  title: localizedSchema,
  /** Two or three sentences for the front page. */
  summary: localizedSchema,
});

/** courses/<course>/<nn-chapter>/chapter.yaml */
export const chapterFileSchema = z.strictObject({
  title: localizedSchema,
  summary: localizedSchema,
  /** Minutes an unhurried learner needs. */
  minutes: z.int().min(1).max(240),
  /** Whether the x-ray stands under the terminals without being asked for. */
  xray: z.boolean().default(false),
});

export const checkSchema = z.strictObject({
  id: slugSchema,
  /** What the learner reads beside the box, before and after it is ticked. */
  goal: localizedSchema,
  /** The step's goal, as an expression that is false before the step and true once it is done. */
  when: expressionSchema,
  /** One sentence of what was seen, with {name} for each parameter. */
  seen: localizedSchema,
  /** Ticked only while it holds; otherwise once it has held, for good. */
  follow: z.boolean().default(false),
  /** Parameters of the sentence, evaluated when the check falls. */
  parameters: z.record(slugSchema, expressionSchema).default({}),
});
export type Check = z.infer<typeof checkSchema>;

export const hintSchema = z.strictObject({
  id: slugSchema,
  /** When this hint fits what the lab shows and its terminals last printed; without it, it is a general hint
   * for the step. */
  when: expressionSchema.optional(),
  /** Markdown. */
  text: localizedSchema,
});
export type Hint = z.infer<typeof hintSchema>;

const choiceQuizSchema = z.strictObject({
  kind: z.literal('choice'),
  id: slugSchema,
  question: localizedSchema,
  options: z
    .array(
      z.strictObject({
        id: slugSchema,
        text: localizedSchema,
        right: z.boolean().default(false),
        /** Shown when this option was chosen: why it is right or wrong. */
        reply: localizedSchema,
      }),
    )
    .min(2)
    .max(6),
});

const valueQuizSchema = z.strictObject({
  kind: z.literal('value'),
  id: slugSchema,
  question: localizedSchema,
  /** An expression over the snapshot and `answer` (the text typed by the learner, trimmed). */
  when: expressionSchema,
  right: localizedSchema,
  wrong: localizedSchema,
});

export const quizSchema = z.discriminatedUnion('kind', [choiceQuizSchema, valueQuizSchema]);
export type Quiz = z.infer<typeof quizSchema>;

/** courses/<course>/<nn-chapter>/<nn-step>/step.yaml, beside step.fr.md and step.en.md */
export const stepFileSchema = z.strictObject({
  title: localizedSchema,
  /** Absolute paths in the lab that the expressions read as files['…']. */
  paths: z.array(z.string().startsWith('/')).max(16).default([]),
  checks: z.array(checkSchema).max(8).default([]),
  quizzes: z.array(quizSchema).max(4).default([]),
  hints: z.array(hintSchema).max(12).default([]),
});

/** What to wait for before the next action of a solution. */
export const waitSchema = z.union([
  /** The terminal's output since the action matches this regular expression (after control sequences are
   * removed); named groups become values that later actions write as ${name}. */
  z.strictObject({ output: z.string().min(1).max(500) }),
  /** A check of this step is earned. */
  z.strictObject({ check: slugSchema }),
]);

export const actionSchema = z.union([
  /** Text typed into a terminal, followed by Enter. */
  z.strictObject({ terminal: terminalNumberSchema, type: z.string().max(1000), wait: waitSchema }),
  /** An answer to a quiz of the step: the option's id, or the typed value. */
  z.strictObject({ quiz: slugSchema, answer: z.string().max(200) }),
]);
export type Action = z.infer<typeof actionSchema>;

/** …/solution.yaml: what to do, in order, so that every check and quiz of the step is earned. */
export const solutionFileSchema = z.strictObject({ actions: z.array(actionSchema).min(1).max(40) });

export type Step = z.infer<typeof stepFileSchema> & {
  id: string;
  /** Markdown by language. */
  text: Localized;
  solution: Action[];
};
export type Chapter = z.infer<typeof chapterFileSchema> & { id: string; steps: Step[] };
export type Course = z.infer<typeof courseFileSchema> & { id: string; chapters: Chapter[] };
