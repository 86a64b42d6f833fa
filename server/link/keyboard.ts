// Who types in a lab: its learner, until they lend the keyboard to a helper who asked for it, and again whenever
// they take it back. Knows no terminal and no key.
import type { ClientMessage, ServerMessage } from '../protocol/browser-messages.ts';

/** A page of the lab. */
export type Typist = {
  readonly isLearner: boolean;
  send(message: ServerMessage): void;
};

export type KeyboardMessage = Extract<
  ClientMessage,
  { type: 'ask-keyboard' | 'lend-keyboard' | 'return-keyboard' }
>;

export class Keyboard {
  readonly #typists: ReadonlySet<Typist>;
  /** Helpers who ask, by the number that learners know them by. */
  readonly #asking = new Map<number, Typist>();
  /** Undefined while it is the learner's. */
  #borrower: Typist | undefined;
  #next = 1;

  /** `typists` are all pages that are connected. */
  constructor(typists: ReadonlySet<Typist>) {
    this.#typists = typists;
  }

  mayType(typist: Typist): boolean {
    return this.#borrower === undefined ? typist.isLearner : typist === this.#borrower;
  }

  /** `by` has the role for what it asks. */
  handle(message: KeyboardMessage, by: Typist): void {
    switch (message.type) {
      case 'ask-keyboard':
        this.#ask(by);
        break;
      case 'lend-keyboard':
        this.#lend(message.helper, by);
        break;
      case 'return-keyboard':
        this.#takeBack(by);
        break;
    }
  }

  /** A page has come: it is told what is not as usual. */
  welcome(typist: Typist): void {
    if (this.#borrower !== undefined) this.#tell(typist);
    if (typist.isLearner) this.#tellAsking(typist);
  }

  /** A page has left. */
  leave(typist: Typist): void {
    this.#forget(typist);
    if (typist !== this.#borrower) return;
    this.#borrower = undefined;
    this.#tellAll();
  }

  #ask(by: Typist): void {
    if (by === this.#borrower) return;
    const known = [...this.#asking].find(([, typist]) => typist === by)?.[0];
    const helper = known ?? this.#next++;
    this.#asking.set(helper, by);
    for (const typist of this.#typists) {
      if (typist.isLearner) typist.send({ type: 'keyboard-asked', helper });
    }
  }

  #lend(helper: number, by: Typist): void {
    const borrower = this.#asking.get(helper);
    if (borrower === undefined) {
      // They have left or asked no more: the learner hears who has it.
      this.#tell(by);
      return;
    }
    this.#asking.delete(helper);
    this.#borrower = borrower;
    this.#tellAll();
  }

  #takeBack(by: Typist): void {
    if (by.isLearner) this.#asking.clear();
    else this.#forget(by);
    if (by.isLearner || by === this.#borrower) this.#borrower = undefined;
    this.#tellAll();
  }

  #forget(typist: Typist): void {
    for (const [helper, asking] of this.#asking) {
      if (asking === typist) this.#asking.delete(helper);
    }
  }

  #tellAll(): void {
    for (const typist of this.#typists) {
      this.#tell(typist);
      if (typist.isLearner) this.#tellAsking(typist);
    }
  }

  #tellAsking(learner: Typist): void {
    for (const helper of this.#asking.keys()) learner.send({ type: 'keyboard-asked', helper });
  }

  #tell(typist: Typist): void {
    const holder = this.#borrower === undefined ? 'learner' : 'helper';
    typist.send({ type: 'keyboard', holder, yours: this.mayType(typist) });
  }
}
