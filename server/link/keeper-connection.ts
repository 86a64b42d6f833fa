// The connection to keeper: requests with ids and their answers, events, and coming back by itself when
// keeper was away. Knows the codec, no verb's meaning.
import { connect, type Socket } from 'node:net';
import type { z } from 'zod';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import { readJsonLines, writeJsonLine } from '../foundation/json-lines.ts';
import type { Log } from '../foundation/log.ts';
import {
  keeperMessageSchema,
  type KeeperMessage,
  type KeeperRequest,
} from '../protocol/keeper-verbs.ts';
import { KEEPER_ANSWER_WITHIN_MS, KEEPER_RETRY_MAX_MS, KEEPER_RETRY_MS } from './limits.ts';

type WithoutId<Request> = Request extends { id: number } ? Omit<Request, 'id'> : never;
export type RequestBody = WithoutId<KeeperRequest>;
export type KeeperEvent = Exclude<KeeperMessage, { type: 'result' } | { type: 'failure' }>;
type Answer = Exclude<KeeperMessage, KeeperEvent>;

export type FailureCode = Extract<KeeperMessage, { type: 'failure' }>['code'] | 'away';

/** keeper could not do what was asked, or is away. */
export class KeeperFailure extends ExplainedError {
  readonly failure: FailureCode;

  constructor(failure: FailureCode, sentence: string) {
    super({ code: `keeper-${failure}`, sentence });
    this.failure = failure;
  }
}

export type KeeperConnectionOptions = {
  path: string;
  log: Log;
  /** The stream is connected: greet, and say whether that went well. */
  opened(): Promise<void>;
  closed(): void;
  event(event: KeeperEvent): void;
};

type Pending = {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
};

export class KeeperConnection {
  readonly #options: KeeperConnectionOptions;
  readonly #pending = new Map<number, Pending>();
  #socket: Socket | undefined;
  #nextId = 1;
  #retryMs = KEEPER_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: KeeperConnectionOptions) {
    this.#options = options;
    this.#connect();
  }

  /** False from the first sign that keeper goes away, before `closed` is told. */
  get isOpen(): boolean {
    return this.#socket?.writable === true;
  }

  /** Asks keeper. Rejects with KeeperFailure. */
  async request<Schema extends z.ZodType>(
    body: RequestBody,
    schema: Schema,
  ): Promise<z.infer<Schema>> {
    const socket = this.#socket;
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => {
      if (socket === undefined || !writeJsonLine(socket, { id, ...body })) {
        reject(awayFailure());
        return;
      }
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new KeeperFailure('failed', `keeper did not answer ${body.verb} in time`));
      }, KEEPER_ANSWER_WITHIN_MS);
      this.#pending.set(id, { resolve, reject, timer });
    });
    return schema.parse(await answer);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
    this.#failPending();
  }

  #connect(): void {
    const socket = connect(this.#options.path);
    let greeted = false;
    socket.on('connect', () => {
      this.#socket = socket;
      this.#options.opened().then(
        () => {
          greeted = true;
          this.#retryMs = KEEPER_RETRY_MS;
        },
        (cause: unknown) => {
          this.#options.log.warn({ reason: messageOf(cause) }, 'keeper did not greet');
          socket.destroy();
        },
      );
    });
    readJsonLines(socket, (value) => this.#handleLine(socket, value));
    socket.on('error', (error) => this.#options.log.debug({ reason: error.message }, 'keeper'));
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#failPending();
      if (this.#closed) return;
      if (greeted) this.#options.closed();
      this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, KEEPER_RETRY_MAX_MS);
    });
  }

  #handleLine(socket: Socket, value: unknown): void {
    const parsed = keeperMessageSchema.safeParse(value);
    if (!parsed.success) {
      socket.destroy(new Error(`keeper speaks another codec: ${parsed.error.message}`));
      return;
    }
    const message = parsed.data;
    if (message.type === 'result' || message.type === 'failure') this.#settle(message);
    else this.#options.event(message);
  }

  #settle(message: Answer): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    clearTimeout(pending.timer);
    if (message.type === 'result') pending.resolve(message.value);
    else pending.reject(new KeeperFailure(message.code, message.sentence));
  }

  #failPending(): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(awayFailure());
    }
    this.#pending.clear();
  }
}

function awayFailure(): KeeperFailure {
  return new KeeperFailure('away', 'the lab host is not ready: keeper is away');
}
