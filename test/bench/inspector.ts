// Evaluates expressions in another Node process by its inspector, which SIGUSR1 opens: for what only that
// process can measure of itself, without a hook in it. Knows no measurement.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { DisposalStack } from '../../server/foundation/disposal.ts';

/** Where Node listens after SIGUSR1, unless it was told otherwise. */
const TARGETS = 'http://127.0.0.1:9229/json/list';
const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 50;

const targetsSchema = z.array(z.looseObject({ webSocketDebuggerUrl: z.string() })).min(1);
const answerSchema = z.looseObject({
  id: z.int(),
  result: z.looseObject({
    result: z.looseObject({ value: z.unknown().optional() }),
    exceptionDetails: z.unknown().optional(),
  }),
});

export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (value: z.infer<typeof answerSchema>['result']) => void>();
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer) => {
      const answer = answerSchema.safeParse(JSON.parse(data.toString()));
      if (answer.success) this.#waiting.get(answer.data.id)?.(answer.data.result);
    });
  }

  /** Rejects when the process opens no inspector, such as when another one has the port. */
  static async open(pid: number, closings: DisposalStack): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const socket = new WebSocket(await findTarget());
    await once(socket, 'open');
    const inspector = new Inspector(socket);
    closings.add('inspector', () => inspector.#close());
    const found = await inspector.evaluate('process.pid', z.int());
    if (found === pid) return inspector;
    throw new Error(`the port of inspectors belongs to process ${found}`);
  }

  /** The value of a JavaScript expression there. */
  async evaluate<T>(expression: string, schema: z.ZodType<T>): Promise<T> {
    const id = this.#next++;
    const answer = await new Promise<z.infer<typeof answerSchema>['result']>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the inspector is silent')), PATIENCE_MS);
      this.#waiting.set(id, (value) => {
        clearTimeout(late);
        this.#waiting.delete(id);
        resolve(value);
      });
      const params = { expression, returnByValue: true };
      this.#socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    });
    if (answer.exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${JSON.stringify(answer.exceptionDetails)}`);
    }
    return schema.parse(answer.result.value);
  }

  async #close(): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

async function findTarget(): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      const response = await fetch(TARGETS);
      const [target] = targetsSchema.parse(await response.json());
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (cause) {
      if (performance.now() > deadline) throw new Error('no inspector opens', { cause });
    }
    await sleep(LOOK_EVERY_MS);
  }
}
