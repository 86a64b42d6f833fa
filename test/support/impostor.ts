// Somebody who wants the ticks without the work: prints what a solution types and shows, and runs other
// programs under the names of its commands. Knows no check.
import { listCodeBlocks } from '../../content/markdown.ts';
import type { Step } from '../../content/schema.ts';
import type { LabClient } from './lab-client.ts';
import type { LabTerminal } from './lab-terminal.ts';
import type { SolutionPlayer } from './solution-player.ts';

const size = { cols: 200, rows: 40 };

export class Impostor {
  readonly #client: LabClient;
  readonly #player: SolutionPlayer;
  #own: LabTerminal | undefined;
  #marker = 0;

  constructor(client: LabClient, player: SolutionPlayer) {
    this.#client = client;
    this.#player = player;
  }

  /** Says everything, in the very terminals that the solution uses. */
  async tryWords(step: Step): Promise<void> {
    const terminals = new Set(
      step.solution.flatMap((action) => ('terminal' in action ? [action.terminal] : [])),
    );
    const words = wordsOf(step);
    for (const number of terminals) {
      const terminal = await this.#player.terminal(number);
      await this.#run(
        terminal,
        words.map((word, index) => say(word, index)),
      );
    }
  }

  /** Other programs under the names of commands, alive while `meanwhile` runs and then killed. */
  async tryNames(step: Step, meanwhile: () => Promise<void>): Promise<void> {
    this.#own ??= await this.#client.open(size);
    const commands = ['sleep', '/bin/sleep', '/bin/sh', '/bin/busybox', ...commandsOf(step)];
    await this.#run(this.#own, [
      'set +m',
      'cp -f /bin/sleep /tmp/nap; /tmp/nap 1000 &',
      ...commands.map((name) => `(exec -a ${quote(name)} tail -f /dev/null) &`),
    ]);
    await meanwhile();
    await this.#run(this.#own, ['kill $(jobs -p | tail -n 2)', 'kill -9 $(jobs -p); wait']);
  }

  /** Types lines and waits until the shell is through with them. */
  async #run(terminal: LabTerminal, lines: readonly string[]): Promise<void> {
    this.#marker += 1;
    // The echo of the typed line does not match what the line prints.
    const typed = [...lines, `printf 'through:%s\\n' ${this.#marker}`];
    const since = this.#player.type(terminal, typed.join('\r'));
    const printed = new RegExp(`through:${this.#marker}\\r?\\n`);
    await terminal.waitForOutput(printed, { since });
  }
}

function commandsOf(step: Step): string[] {
  return step.solution.flatMap((action) => ('type' in action ? [action.type] : []));
}

function wordsOf(step: Step): string[] {
  const blocks = Object.values(step.text).flatMap((text) => listCodeBlocks(text));
  const lines = blocks.flatMap((block) => block.value.split('\n'));
  const sentences = step.checks.flatMap((check) => [check.seen.en, check.id]);
  return [...new Set([...commandsOf(step), ...lines, ...sentences])];
}

const say = (text: string, index: number): string =>
  index % 2 === 0 ? `echo ${quote(text)}` : `printf '%s\\n' ${quote(text)}`;

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
