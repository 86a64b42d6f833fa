// The spawner as keeper sees it: requests that are answered in any order, and the ends of what it started.
import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exactEnvironment } from '../../foundation/environment.ts';
import { ExplainedError } from '../../foundation/errors.ts';
import { readJsonLines, writeJsonLine } from '../../foundation/json-lines.ts';
import type { ProcessStatus } from '../../kernel/run-program.ts';
import type { ProcessIdentity } from '../../kernel/processes.ts';
import {
  spawnerReportSchema,
  type CopyImage,
  type EnterLab,
  type MakeLab,
  type PrepareSlot,
  type SpawnerReport,
  type SpawnerRequest,
} from './messages.ts';

type Answer = Extract<SpawnerReport, { id: number }>;
type Body<T extends SpawnerRequest> = Omit<T, 'type' | 'id'>;
type OnEnd = (status: ProcessStatus) => void;
/** `onEnd` is watched for from the very line that names the process: a shell may end at once. */
type Asked = { resolve: (answer: Answer) => void; onEnd: OnEnd | undefined };

/** No helper threads: it has little to do at a time, and shares few cores with labs. */
const flags = ['--single-threaded', '--v8-pool-size=0'];

export class Spawner {
  readonly #process: ChildProcess;
  readonly #input: Socket;
  readonly #asked = new Map<number, Asked>();
  readonly #watched = new Map<number, OnEnd>();
  readonly #ready = Promise.withResolvers<void>();
  #next = 0;
  #isClosing = false;

  private constructor(child: ChildProcess, onLost: () => void) {
    const { stdin, stdout } = child;
    if (!(stdin instanceof Socket) || !(stdout instanceof Socket)) {
      throw new TypeError('the spawner has no pipes');
    }
    this.#process = child;
    this.#input = stdin;
    readJsonLines(stdout, (value) => this.#handle(spawnerReportSchema.parse(value)));
    stdin.on('error', () => undefined);
    stdout.on('error', () => child.kill('SIGKILL'));
    child.once('exit', () => {
      for (const [id, { resolve }] of this.#asked) resolve(lost(id));
      if (!this.#isClosing) onLost();
    });
  }

  /** Starts it. `onLost` is called when it ends by itself: then no more labs can be made. */
  static async start(
    environment: Readonly<Record<string, string>>,
    onLost: () => void,
  ): Promise<Spawner> {
    const child = spawn(
      process.execPath,
      [...flags, fileURLToPath(new URL('main.ts', import.meta.url))],
      {
        cwd: '/',
        stdio: ['pipe', 'pipe', 'inherit'],
        env: exactEnvironment(environment),
      },
    );
    const spawner = new Spawner(child, onLost);
    await Promise.race([spawner.#ready.promise, once(child, 'exit')]);
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new ExplainedError({
        code: 'no-spawner',
        sentence: 'The process that makes labs ended while it started.',
        remedy: 'Its own words are above.',
      });
    }
    return spawner;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The spawner's descriptor of a new outer user namespace for a slot. */
  async prepareSlot(body: Body<PrepareSlot>): Promise<number> {
    const answer = await this.#ask({ ...body, type: 'prepare-slot', id: this.#nextId() });
    if (answer.type !== 'prepared') throw failure('prepare a range of user ids', answer);
    return answer.outer;
  }

  /** The lab's PID 1. */
  async makeLab(body: Body<MakeLab>, onEnd: OnEnd): Promise<ProcessIdentity> {
    const answer = await this.#ask({ ...body, type: 'make-lab', id: this.#nextId() }, onEnd);
    if (answer.type !== 'started') throw failure('set up a lab', answer);
    return answer.process;
  }

  /** The process that becomes the program. */
  async enterLab(body: Body<EnterLab>, onEnd: OnEnd): Promise<ProcessIdentity> {
    const answer = await this.#ask({ ...body, type: 'enter-lab', id: this.#nextId() }, onEnd);
    if (answer.type !== 'started') throw failure('enter a lab', answer);
    return answer.process;
  }

  async copyImage(body: Body<CopyImage>): Promise<void> {
    const answer = await this.#ask({ ...body, type: 'copy-image', id: this.#nextId() });
    if (answer.type !== 'copied') throw failure('copy a disk image', answer);
  }

  async stop(): Promise<void> {
    this.#isClosing = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#input.end();
    await ended;
  }

  #nextId(): number {
    this.#next += 1;
    return this.#next;
  }

  #ask(request: SpawnerRequest, onEnd?: OnEnd): Promise<Answer> {
    return new Promise((resolve) => {
      this.#asked.set(request.id, { resolve, onEnd });
      if (!writeJsonLine(this.#input, request)) resolve(lost(request.id));
    });
  }

  #handle(report: SpawnerReport): void {
    if (report.type === 'ready') this.#ready.resolve();
    else if (report.type === 'ended') this.#tellEnd(report);
    else {
      const asked = this.#asked.get(report.id);
      this.#asked.delete(report.id);
      if (report.type === 'started' && asked?.onEnd !== undefined) {
        this.#watched.set(report.process.pid, asked.onEnd);
      }
      asked?.resolve(report);
    }
  }

  #tellEnd({ pid, code, signal }: { pid: number } & ProcessStatus): void {
    const onEnd = this.#watched.get(pid);
    this.#watched.delete(pid);
    onEnd?.({ code, signal });
  }
}

function lost(id: number): Answer {
  return { type: 'failed', id, sentence: 'the spawner has ended' };
}

function failure(what: string, answer: Answer): ExplainedError {
  return new ExplainedError({
    code: 'lab-setup-failed',
    sentence: `It was not possible to ${what}: ${'sentence' in answer ? answer.sentence : answer.type}.`,
    remedy: 'Run `npm run coulisse -- doctor` on the lab host: it tests each thing a lab needs.',
  });
}
