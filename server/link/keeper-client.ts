// keeper's verbs as link calls them, and what keeper says by itself. Knows no session.
import type { Log } from '../foundation/log.ts';
import type { LabId, TerminalSize } from '../protocol/ids.ts';
import {
  KEEPER_VERSION,
  keeperResultSchemas,
  type KeeperResult,
  type ObserveWish,
} from '../protocol/keeper-verbs.ts';
import { applyChanges } from '../protocol/snapshot-changes.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import { Gate } from './gate.ts';
import { KeeperConnection, KeeperFailure, type KeeperEvent } from './keeper-connection.ts';
import { MasterChannel } from './master-channel.ts';

export type Greeting = KeeperResult<'greet'>;
export type TerminalPlace = { lab: LabId; terminal: number };

export type KeeperEvents = {
  /** keeper is there, and this is what it has. */
  ready(greeting: Greeting): Promise<void>;
  away(): void;
  event(event: KeeperEvent): void;
};

export type KeeperClientOptions = {
  /** Paths of keeper's stream socket and of its descriptor socket. */
  path: string;
  descriptorPath: string;
  log: Log;
  events: KeeperEvents;
};

/** Every method rejects with KeeperFailure. */
export class KeeperClient {
  readonly #options: KeeperClientOptions;
  readonly #connection: KeeperConnection;
  readonly #gate = new Gate();
  #masters: MasterChannel | undefined;

  constructor(options: KeeperClientOptions) {
    this.#options = options;
    this.#connection = new KeeperConnection({
      path: options.path,
      log: options.log,
      opened: () => this.#greet(),
      closed: () => {
        this.#gate.shut();
        options.events.away();
      },
      event: (event) => options.events.event(event),
    });
  }

  createLab(request: {
    lab: LabId;
    learner: string;
    address: string;
  }): Promise<KeeperResult<'create-lab'>> {
    const schema = keeperResultSchemas['create-lab'];
    return this.#connection.request({ verb: 'create-lab', ...request }, schema);
  }

  /** `home`: whether the learner's next lab gets the files back. */
  async destroyLab(lab: LabId, home: 'save' | 'forget'): Promise<void> {
    const schema = keeperResultSchemas['destroy-lab'];
    await this.#connection.request({ verb: 'destroy-lab', lab, home }, schema);
  }

  /** Stops all processes of a lab where they are, or lets them go on. */
  async freezeLab(lab: LabId, frozen: boolean): Promise<void> {
    const schema = keeperResultSchemas['freeze-lab'];
    await this.#connection.request({ verb: 'freeze-lab', lab, frozen }, schema);
  }

  /** Opens a terminal; its PTY master is the caller's to close. */
  async openTerminal(place: TerminalPlace, size: TerminalSize): Promise<number> {
    const schema = keeperResultSchemas['open-terminal'];
    const body = { verb: 'open-terminal', ...place, size } as const;
    return this.#take((await this.#connection.request(body, schema)).descriptor);
  }

  /** The PTY master of a terminal that lives already; the caller's to close. */
  async sendTerminal(place: TerminalPlace): Promise<number> {
    const schema = keeperResultSchemas['send-terminal'];
    const answer = await this.#connection.request({ verb: 'send-terminal', ...place }, schema);
    return this.#take(answer.descriptor);
  }

  async closeTerminal(place: TerminalPlace): Promise<void> {
    const schema = keeperResultSchemas['close-terminal'];
    await this.#connection.request({ verb: 'close-terminal', ...place }, schema);
  }

  /** Undefined when nothing has happened in the lab since the snapshot that is `known`. */
  async observe(
    lab: LabId,
    { paths, ...wish }: ObserveWish,
    known: Snapshot | undefined,
  ): Promise<Snapshot | undefined> {
    const schema = keeperResultSchemas.observe;
    const since = known?.at ?? null;
    const answer = await this.#connection.request(
      { verb: 'observe', lab, paths: [...paths], ...wish, since },
      schema,
    );
    if (answer.news === 'whole') return answer.snapshot;
    if (answer.news === 'nothing' || known === undefined) return undefined;
    return applyChanges(known, answer.changes);
  }

  /** Whether keeper is there and its labs are known, at the latest after `withinMs` milliseconds. */
  back(withinMs: number): Promise<boolean> {
    // A socket that is ending fails every request, and its end is still to come.
    if (!this.#connection.isOpen) this.#gate.shut();
    return this.#gate.pass(withinMs);
  }

  close(): void {
    this.#connection.close();
    this.#gate.close();
    this.#closeMasters();
  }

  async #greet(): Promise<void> {
    this.#closeMasters();
    // Before greet: keeper takes the descriptor connection when it reads that.
    this.#masters = new MasterChannel(this.#options.descriptorPath);
    const schema = keeperResultSchemas.greet;
    const greeting = await this.#connection.request(
      { verb: 'greet', version: KEEPER_VERSION },
      schema,
    );
    await this.#options.events.ready(greeting);
    this.#gate.open();
  }

  #take(descriptor: number): number {
    if (this.#masters === undefined) throw new KeeperFailure('away', 'keeper went away');
    return this.#masters.take(descriptor);
  }

  #closeMasters(): void {
    this.#masters?.close();
    this.#masters = undefined;
  }
}
