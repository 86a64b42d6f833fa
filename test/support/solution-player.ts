// A learner who knows the solutions: types the actions of a step into the terminals of a lab through the real
// link, waits as the solution says, and keeps what was printed. Knows no test and no house.
import { setTimeout } from 'node:timers/promises';
import type { Action, Chapter, Course, Step } from '../../content/schema.ts';
import type { CheckState } from '../../server/protocol/browser-messages.ts';
import type { StepRef } from '../../server/protocol/ids.ts';
import type { LabClient } from './lab-client.ts';
import type { LabTerminal } from './lab-terminal.ts';

/** Wider than any line of a lesson, so that the echo of a command is one line. */
const size = { cols: 160, rows: 40 };
/** The shells of the lessons all end their prompts so. */
const prompt = /\n[^\n]*[#$] $/;
const firstPrompt = /[#$] $/;
/** Milliseconds without output that tell a prompt from a line that only looks like one. A person pauses
 * longer; and what is typed while sudo is about to end is lost with sudo's own terminal. */
const QUIET_MS = 150;
const LOOK_EVERY_MS = 10;
const PROMPT_PATIENCE_MS = 4_000;
const TAIL_CHARACTERS = 600;
/** Milliseconds; the slowest action unpacks a root in a second. */
const ACTION_MS = 15_000;

export type Place = { course: Course; chapter: Chapter; step: Step };

export function refOf({ course, chapter, step }: Place): StepRef {
  return { course: course.id, version: course.version, chapter: chapter.id, step: step.id };
}

export function nameOf({ course, chapter, step }: Place): string {
  return `${course.id}/${chapter.id}/${step.id}`;
}

export class SolutionPlayer {
  readonly #client: LabClient;
  readonly #terminals = new Map<number, LabTerminal>();
  /** Where the text of a terminal ended when something was last typed there. */
  readonly #typedAt = new Map<LabTerminal, number>();
  /** Values seen on a terminal, by the name of the group that caught them. */
  readonly #values = new Map<string, string>();

  constructor(client: LabClient) {
    this.#client = client;
  }

  /** The learner's terminal of that number, opened when it is first needed. */
  async terminal(number: number): Promise<LabTerminal> {
    const known = this.#terminals.get(number);
    if (known !== undefined) return known;
    const opened = await this.#client.open(size);
    this.#terminals.set(number, opened);
    await opened.waitForOutput(firstPrompt);
    return opened;
  }

  /** Comes to a step; the answer is what the kernel shows of its checks now. */
  async arrive(place: Place): Promise<CheckState[]> {
    await this.#client.settle();
    this.#client.send({ type: 'step', step: refOf(place) });
    return this.#checks(place, (states) => states.length === place.step.checks.length);
  }

  /** The checks of the step by a look that begins now. */
  async look(place: Place): Promise<CheckState[]> {
    if (place.step.checks.length === 0) return [];
    // The first answer may come from a look that was under way.
    await this.#askNow(place);
    return this.#askNow(place);
  }

  answer(quiz: string, value: string): Promise<boolean> {
    return this.#client.answerQuiz(quiz, value);
  }

  /** Plays the whole solution. A failure names the action and shows the ends of the terminals. */
  async play(place: Place): Promise<void> {
    for (const [index, action] of place.step.solution.entries()) {
      try {
        await this.#act(place, action);
      } catch (cause) {
        const what = 'quiz' in action ? `answer ${action.quiz}` : `type ${action.type}`;
        throw new Error(
          `${nameOf(place)}, action ${index + 1} (${what}): ${String(cause)}\n${this.describe()}`,
          { cause },
        );
      }
    }
  }

  /** The ends of all terminals. */
  describe(): string {
    return [...this.#terminals]
      .map(([number, terminal]) => {
        return `--- terminal ${number}\n${terminal.text().slice(-TAIL_CHARACTERS)}`;
      })
      .join('\n');
  }

  /** An empty line in every terminal: a shell tells then what became of its jobs. */
  async pressEnter(): Promise<void> {
    for (const terminal of this.#terminals.values()) {
      await this.#untilPrompt(terminal);
      this.type(terminal, '');
    }
    for (const terminal of this.#terminals.values()) await this.#untilPrompt(terminal);
  }

  /** Types a line; returns the place in the text from which its output can be looked for. */
  type(terminal: LabTerminal, line: string): number {
    const place = terminal.type(`${line}\r`);
    this.#typedAt.set(terminal, place);
    return place;
  }

  /** Where the text of each terminal ends now. */
  mark(): Map<number, number> {
    return new Map([...this.#terminals].map(([number, terminal]) => [number, terminal.place()]));
  }

  /** What all terminals have printed since a mark. */
  textSince(mark: ReadonlyMap<number, number>): string {
    return [...this.#terminals]
      .map(([number, terminal]) => terminal.text(mark.get(number) ?? 0))
      .join('\n');
  }

  async #act(place: Place, action: Action): Promise<void> {
    if ('quiz' in action) {
      const right = await this.answer(action.quiz, this.#fill(action.answer));
      if (!right) throw new Error(`${this.#fill(action.answer)} is said to be wrong`);
      return;
    }
    const terminal = await this.terminal(action.terminal);
    await this.#untilPrompt(terminal);
    // What the last action started is seen alive before this one may end it: looks are 250 ms apart.
    const before = await this.look(place);
    const since = this.type(terminal, this.#fill(action.type));
    if ('check' in action.wait) {
      const { check } = action.wait;
      const isEarned = (state: CheckState) => state.check === check && state.earned;
      if (!before.some(isEarned)) await this.#checks(place, (states) => states.some(isEarned));
      return;
    }
    const pattern = new RegExp(action.wait.output);
    const match = await terminal.waitForOutput(pattern, { since, within: ACTION_MS });
    for (const [name, value] of Object.entries(match.groups ?? {})) this.#values.set(name, value);
  }

  /** Waits until the last line that was typed here is done. */
  async #untilPrompt(terminal: LabTerminal): Promise<void> {
    const since = this.#typedAt.get(terminal);
    const wanted = since === undefined ? firstPrompt : prompt;
    const begin = performance.now();
    let place = -1;
    let changedAt = begin;
    // A program that is typed to need not have a prompt.
    while (performance.now() - begin < PROMPT_PATIENCE_MS) {
      if (terminal.place() !== place) {
        place = terminal.place();
        changedAt = performance.now();
      }
      const isQuiet = performance.now() - changedAt >= QUIET_MS;
      if (isQuiet && wanted.test(terminal.text(since))) return;
      await setTimeout(LOOK_EVERY_MS);
    }
  }

  #fill(text: string): string {
    return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => this.#values.get(name) ?? whole);
  }

  async #checks(
    place: Place,
    fits: (states: readonly CheckState[]) => boolean,
  ): Promise<CheckState[]> {
    const ref = refOf(place);
    const message = await this.#client.next(
      'checks',
      ({ step, checks }) => step.chapter === ref.chapter && step.step === ref.step && fits(checks),
      ACTION_MS,
    );
    return message.checks;
  }

  async #askNow(place: Place): Promise<CheckState[]> {
    await this.#client.settle();
    await this.#dropOldChecks();
    this.#client.send({ type: 'check-now' });
    return this.#checks(place, () => true);
  }

  /** Takes the messages that came before, so that the next one is news. */
  async #dropOldChecks(): Promise<void> {
    let dropped: unknown;
    do dropped = await this.#client.next('checks', () => true, 0).catch(() => undefined);
    while (dropped !== undefined);
  }
}
