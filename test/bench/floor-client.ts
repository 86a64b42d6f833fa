// The benchmark's end of its floor process. Knows no program that is started.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  floorAnswerSchema,
  type FloorAnswer,
  type FloorCommand,
  type FloorRequest,
} from './floor-messages.ts';

type Started = Extract<FloorAnswer, { type: 'started' }>;

export class FloorClient {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: FloorAnswer) => void>();
  #next = 1;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('floor-process.ts', import.meta.url)));
    this.#child.on('message', (message: unknown) => {
      const answer = floorAnswerSchema.parse(message);
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** Rejects with what the program complained of. With `keep` it runs until release. */
  async start(command: FloorCommand, { keep = false } = {}): Promise<Started> {
    const answer = await this.#ask({ id: this.#next++, verb: 'start', keep, ...command });
    if (answer.type === 'started') return answer;
    throw new Error(answer.type === 'failed' ? answer.sentence : 'the floor process is confused');
  }

  async release(): Promise<void> {
    await this.#ask({ id: this.#next++, verb: 'release' });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await exited;
  }

  #ask(request: FloorRequest): Promise<FloorAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, resolve);
      this.#child.send(request, (error) => {
        if (error !== null) reject(error);
      });
    });
  }
}
