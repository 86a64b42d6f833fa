// What the kernel says of processes as it happens: programs that are started, and ends, with who sent the signal that
// cannot be caught. Knows no lab.
import { keepFirst, type KillSenders, type Sender, type Sent } from '../../kernel/kill-senders.ts';
import type { ProcConnector, ProcessEnd } from '../../kernel/proc-connector.ts';

const SIGKILL = 9;
/** Of those that got the signal and have not ended yet; whose end was lost stay until others come. */
const SENDERS = 4096;

export type ToldEnd = ProcessEnd & {
  /** Of signal 9; `missed` when it was sent and the kernel's word was lost, null where it cannot be known. */
  sender: Sender | 'missed' | null;
};

export class ProcessEvents {
  readonly #connector: ProcConnector | undefined;
  readonly #senders: KillSenders | undefined;
  /** By the thread that it was sent to. */
  readonly #known = new Map<number, Sent>();
  #lostEvents = 0;

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
    this.#forgetLost();
    for (const [thread, sent] of senders ?? []) this.#note(thread, sent);
    for (const { thread, hostPid } of events.threads) {
      const sent = this.#known.get(thread);
      this.#known.delete(thread);
      if (sent !== undefined) this.#note(hostPid, sent);
    }
    const ends = this.#tellSenders(events.ends);
    // Its number may soon be somebody else's.
    for (const { hostPid } of ends) this.#known.delete(hostPid);
    return { ends, execs: events.execs };
  }

  /** After ends that were lost, an older note might be of one whose number somebody else has now. */
  #forgetLost(): void {
    const lost = this.#connector?.lost ?? 0;
    if (lost !== this.#lostEvents) this.#known.clear();
    this.#lostEvents = lost;
  }

  #note(thread: number, sent: Sent): void {
    keepFirst(this.#known, thread, sent);
    const [oldest] = this.#known.keys();
    if (this.#known.size > SENDERS && oldest !== undefined) this.#known.delete(oldest);
  }

  #tellSenders(ends: readonly ProcessEnd[]): ToldEnd[] {
    const isUnheard = ({ hostPid, signal }: ProcessEnd): boolean =>
      signal === SIGKILL && !this.#known.has(hostPid);
    // Asked once at most, since it costs some system calls.
    const unheard = ends.some(isUnheard) && this.#senders?.hearsAll() === true ? 'missed' : null;
    return ends.map((end) => ({
      ...end,
      sender: end.signal === SIGKILL ? (this.#known.get(end.hostPid)?.sender ?? unheard) : null,
    }));
  }
}
