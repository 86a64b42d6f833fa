// Plays the solution of every step of every course in a real lab, through the real link: checks are false
// before and true after, no echo earns one, and the lab prints what the text says it prints.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireCourses } from '../../content/load.ts';
import { listCodeBlocks } from '../../content/markdown.ts';
import { languages } from '../../content/schema.ts';
import type { Course, Quiz, Step } from '../../content/schema.ts';
import type { CheckState } from '../../server/protocol/browser-messages.ts';
import { progressAnswerSchema } from '../../server/protocol/web-api.ts';
import { openHouse } from '../support/house.ts';
import type { Learner, TestHouse } from '../support/house.ts';
import { Impostor } from '../support/impostor.ts';
import type { LabClient } from '../support/lab-client.ts';
import { nameOf, SolutionPlayer } from '../support/solution-player.ts';
import type { Place } from '../support/solution-player.ts';

let house: TestHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.stop());

describe.each(requireCourses('content/courses'))('$id', (course) => {
  let learner: Learner;
  let client: LabClient;
  let player: SolutionPlayer;
  let impostor: Impostor;
  /** Later steps stand on what earlier ones left in the lab. */
  let failed: string | undefined;

  beforeAll(async () => {
    learner = await house.arrive();
    client = await house.connect(learner);
    player = new SolutionPlayer(client);
    impostor = new Impostor(client, player);
  });
  afterAll(() => client?.close());

  for (const place of placesOf(course)) {
    const name = `${place.chapter.id}/${place.step.id}`;
    test(`${name}: false before, true after, printed as written`, async (context) => {
      if (failed !== undefined) context.skip(`${failed} failed before`);
      failed = nameOf(place);
      expect(holding(await player.arrive(place)), 'on arrival').toEqual([]);
      await impostor.tryWords(place.step);
      expect(holding(await player.look(place)), 'by words alone').toEqual([]);
      await impostor.tryNames(place.step, async () => {
        expect(holding(await player.look(place)), 'by names alone').toEqual([]);
      });
      expect(holding(await player.look(place)), 'by the ends of impostors').toEqual([]);
      await expectWrongAnswersRefused(place.step.quizzes);

      const mark = player.mark();
      await player.play(place);
      await expectEarned(place);
      await expectPrinted(place, mark);
      failed = undefined;
    });
  }

  test('web has kept all that was earned', async (context) => {
    if (failed !== undefined) context.skip(`${failed} failed before`);
    const wanted = placesOf(course).flatMap(({ chapter, step }) =>
      [...step.checks, ...step.quizzes].map(({ id }) => `${chapter.id}/${step.id}/${id}`),
    );
    await expect.poll(() => readProgress(course, learner)).toEqual(wanted.toSorted());
  });

  async function expectWrongAnswersRefused(quizzes: readonly Quiz[]): Promise<void> {
    for (const quiz of quizzes) {
      for (const answer of wrongAnswers(quiz)) {
        expect(await player.answer(quiz.id, answer), `${quiz.id}: ${answer}`).toBe(false);
      }
    }
  }

  async function expectEarned(place: Place): Promise<void> {
    const states = await player.look(place);
    for (const check of place.step.checks) {
      const state = states.find((one) => one.check === check.id);
      expect(state, `${nameOf(place)}\n${player.describe()}`).toMatchObject({ earned: true });
      for (const language of languages) {
        const sentence = fill(check.seen[language], state?.seen ?? {});
        expect(sentence, `${nameOf(place)}, ${check.id}`).not.toMatch(/[{}?]|undefined/);
      }
    }
  }

  async function expectPrinted(place: Place, mark: ReadonlyMap<number, number>): Promise<void> {
    await player.pressEnter();
    const printed = player.textSince(mark);
    const missing = outputLines(place.step).filter((line) => !patternOf(line).test(printed));
    expect(missing, `${nameOf(place)}: not among what was printed:\n${printed}`).toEqual([]);
  }
});

function placesOf(course: Course): Place[] {
  return course.chapters.flatMap((chapter) =>
    chapter.steps.map((step) => ({ course, chapter, step })),
  );
}

/** Checks that are, or were once, true. */
function holding(states: readonly CheckState[]): string[] {
  return states.filter((state) => state.earned || state.holds).map((state) => state.check);
}

function wrongAnswers(quiz: Quiz): string[] {
  if (quiz.kind === 'value') return ['', 'no', '-1', '999999999'];
  const wrong = quiz.options.filter((option) => !option.right).map((option) => option.id);
  return [...wrong, 'no-such-option', ''];
}

async function readProgress(course: Course, learner: Learner): Promise<string[]> {
  const response = await fetch(`${house.url}/api/progress?course=${course.id}`, {
    headers: { cookie: learner.cookie },
  });
  const { earned } = progressAnswerSchema.parse(await response.json());
  return earned.map(({ chapter, step, check }) => `${chapter}/${step}/${check}`).toSorted();
}

function fill(sentence: string, parameters: Record<string, string>): string {
  return sentence.replace(/\{([a-z0-9-]+)\}/g, (whole, name: string) => parameters[name] ?? whole);
}

function outputLines(step: Step): string[] {
  const blocks = languages.flatMap((language) => listCodeBlocks(step.text[language]));
  const outputs = blocks.filter((block) => block.info.kind === 'output');
  const lines = outputs.flatMap((block) => block.value.split('\n')).map((line) => line.trim());
  return [...new Set(lines)].filter((line) => line !== '');
}

const NUMBER = String.raw`\d+(?:\.\d+)*`;

/** The whole line; numbers and the width of gaps are each lab's own. */
function patternOf(line: string): RegExp {
  const numbers = new RegExp(NUMBER);
  const words = line.split(/\s+/).map((word) => word.split(numbers).map(escape).join(NUMBER));
  return new RegExp(`^\\s*${words.join('\\s+')}\\s*$`, 'm');
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
