// A learner in the browser who goes through a course: runs the blocks of a step or types its solution,
// answers its questions, and reads the ticks. Knows the course and the page, no test.
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import type { Texts } from '../../app/ui/texts/texts.ts';
import { listCodeBlocks } from '../../content/markdown.ts';
import type { Check, Language, Quiz } from '../../content/schema.ts';
import type { Visitor } from './browser.ts';
import type { Place } from './solution-player.ts';

export function pathOf(language: Language, { course, chapter, step }: Place): string {
  return `/${language}/${course.id}/${chapter.id}/${step.id}`;
}

export class LessonReader {
  readonly #visitor: Visitor;
  readonly #language: Language;
  readonly #texts: Texts;
  /** What was read on a screen, by the name that the solution gives it. */
  readonly #values = new Map<string, string>();

  constructor(visitor: Visitor, language: Language) {
    this.#visitor = visitor;
    this.#language = language;
    this.#texts = textsOf(language);
  }

  async arriveAt(place: Place): Promise<void> {
    const { page } = this.#visitor;
    await page.waitForURL((url) => url.pathname === pathOf(this.#language, place));
    const title = place.step.title[this.#language];
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  /** Clicks the *run* button of every block, from top to bottom. */
  async runBlocks(place: Place): Promise<void> {
    const { page } = this.#visitor;
    const blocks = listCodeBlocks(place.step.text[this.#language]).flatMap(({ info }) =>
      info.kind === 'run' ? [info.terminal] : [],
    );
    const buttons = page.locator('article').getByTestId('run');
    for (const [index, terminal] of blocks.entries()) {
      const button = buttons.nth(index);
      await this.#visitor.untilDone(terminal, async () => {
        await button.click();
        await button.getByText(this.#texts.code.running).waitFor();
      });
      await this.#readValues(place, terminal);
    }
  }

  /** Types what the solution types. */
  async typeSolution(place: Place): Promise<void> {
    for (const action of place.step.solution) {
      if (!('type' in action)) continue;
      const terminal = action.terminal === 1 ? 1 : 2;
      await this.#visitor.type(terminal, this.#fill(action.type));
      if ('check' in action.wait) await this.#earned(action.wait.check);
      await this.#readValues(place, terminal);
    }
  }

  /** Answers every question, wrongly first. */
  async answerAll(place: Place): Promise<void> {
    for (const quiz of place.step.quizzes) {
      const right = place.step.solution.find(
        (action) => 'quiz' in action && action.quiz === quiz.id,
      );
      if (right === undefined || !('quiz' in right)) throw new Error(`${quiz.id} has no answer`);
      await this.#answer(quiz, wrongAnswer(quiz), 'wrong');
      await this.#answer(quiz, this.#fill(right.answer), 'right');
      await this.#quiz(quiz.id, '[data-earned="true"]').waitFor();
    }
  }

  /** The sentence under a check that is earned. */
  async readTick(check: Check): Promise<string> {
    await this.#earned(check.id);
    const item = this.#visitor.page.locator(`[data-check="${check.id}"]`);
    return (await item.innerText()).replace(/\s+/g, ' ');
  }

  async countTicks(): Promise<{ earned: number; all: number }> {
    const ticks = this.#visitor.byTestId('check');
    const states = await ticks.evaluateAll((items) =>
      items.map((item) => item.getAttribute('data-earned')),
    );
    return { earned: states.filter((state) => state === 'true').length, all: states.length };
  }

  async #earned(check: string): Promise<void> {
    const item = this.#visitor.page.locator(`[data-check="${check}"][data-earned="true"]`);
    await item.waitFor().catch(async (cause: unknown) => {
      throw new Error(`${check} is not earned\n${await this.#visitor.describe()}`, { cause });
    });
  }

  async #answer(quiz: Quiz, answer: string, result: 'right' | 'wrong'): Promise<void> {
    const section = this.#quiz(quiz.id);
    if (quiz.kind === 'choice') await section.locator(`[data-option="${answer}"]`).click();
    else {
      await section.getByTestId('quiz-value').fill('');
      await section.getByTestId('quiz-value').click();
      await this.#visitor.page.keyboard.type(answer);
      await this.#visitor.page.keyboard.press('Enter');
    }
    await section.getByText(this.#texts.quiz[result]).waitFor();
  }

  #quiz(id: string, more = '') {
    return this.#visitor.page.locator(`[data-testid="quiz"][data-quiz="${id}"]${more}`);
  }

  async #readValues(place: Place, terminal: 1 | 2): Promise<void> {
    const screen = `${await this.#visitor.screen(terminal)}\n`;
    for (const action of place.step.solution) {
      if (!('terminal' in action) || action.terminal !== terminal) continue;
      if (!('output' in action.wait)) continue;
      const found = [...screen.matchAll(new RegExp(action.wait.output, 'g'))].at(-1)?.groups;
      for (const [name, value] of Object.entries(found ?? {})) this.#values.set(name, value);
    }
  }

  #fill(text: string): string {
    return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => this.#values.get(name) ?? whole);
  }
}

function wrongAnswer(quiz: Quiz): string {
  if (quiz.kind === 'value') return '999999';
  const wrong = quiz.options.find((option) => !option.right);
  if (wrong === undefined) throw new Error(`${quiz.id} has no wrong option`);
  return wrong.id;
}

/** The sentence of a check as a pattern: each parameter is something. */
export function sentencePattern(sentence: string): RegExp {
  const pieces = sentence
    .replace(/\s+/g, ' ')
    .split(/\{[a-z0-9-]+\}/)
    .map((piece) => piece.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return new RegExp(pieces.join('[^{}?]+'));
}
