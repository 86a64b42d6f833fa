// What the kernel says of processes as it happens: programs that are started, and ends, with who sent the signal that
// cannot be caught. Knows no lab.
import type { KillSenders, Sender } from '../../kernel/kill-senders.ts';
import type { ProcConnector, ProcessEnd } from '../../kernel/proc-connector.ts';

const SIGKILL = 9;
/** Of those that got the signal and have not ended yet; threads, and whose end was lost, stay until others come. */
const SENDERS = 4096;

export type ToldEnd = ProcessEnd & {
  /** Of signal 9; `missed` when it was sent and the kernel's word was lost, null where the kernel never tells. */
  sender: Sender | 'missed' | null;
};

export class ProcessEvents {
  readonly #connector: ProcConnector | undefined;
  readonly #senders: KillSenders | undefined;
  readonly #known = new Map<number, Sender>();

  /** Without a connector nothing is told, without senders no sender. */
  constructor(connector: ProcConnector | undefined, senders: KillSenders | undefined) {
    this.#connector = connector;
    this.#senders = senders;
  }

  /** What has happened since the last call; `execs` are PIDs in the first PID namespace. Never waits. */
  drain(): { ends: ToldEnd[]; execs: number[] } | undefined {
    const events = this.#connector?.drain();
    // After the ends: what was sent to them was sent before.
    const senders = this.#senders?.drain();
    if (events === undefined) return undefined;
    for (const [hostPid, sender] of senders ?? []) this.#note(hostPid, sender);
    const ends = events.ends.map((end) => ({ ...end, sender: this.#senderOf(end) }));
    // Its number may soon be somebody else's.
    for (const { hostPid } of ends) this.#known.delete(hostPid);
    return { ends, execs: events.execs };
  }

  #note(hostPid: number, sender: Sender): void {
    // Anew, so that the oldest come first.
    this.#known.delete(hostPid);
    this.#known.set(hostPid, sender);
    const [oldest] = this.#known.keys();
    if (this.#known.size > SENDERS && oldest !== undefined) this.#known.delete(oldest);
  }

  #senderOf({ hostPid, signal }: ProcessEnd): ToldEnd['sender'] {
    if (signal !== SIGKILL || this.#senders === undefined) return null;
    return this.#known.get(hostPid) ?? 'missed';
  }
}
