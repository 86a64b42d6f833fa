// Who sent the signal that cannot be caught: the kernel's tracepoint signal:signal_generate (include/trace/events/
// signal.h). Of a process's end the proc connector tells the signal alone, and it is the same whether somebody sent it
// or the kernel itself did. Read without waiting. Needs root.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { TracepointRing, type Traced, type Tracepoint } from './tracepoint-ring.ts';

/** Delivered: not ignored, as in a PID 1 by those inside, and the first of its kind. */
const FILTER = 'sig == 9 && result == 0';
const roots = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** Milliseconds between two looks at which processors there are; the least between two when something was not heard. */
const SURVEY_EVERY_MS = 5000;
const SURVEY_AGAIN_MS = 100;
/** Milliseconds for which something may still come of what was sent before a gap was found and mended. */
const AFTER_GAP_MS = 10_000;

/**
 * `process`: somebody called kill(2) or the like, or the kernel spoke in a process's name, as for
 * PR_SET_PDEATHSIG. `kernel`: the kernel itself, while another process ran (si_code SI_KERNEL, sigaction(2)): the
 * end of a PID namespace, no memory left. `itself`: the same while the process itself ran, by a limit (setrlimit(2)),
 * or because it says so (rt_sigqueueinfo(2)).
 */
export type Sender = 'process' | 'kernel' | 'itself';

/** `at`: when it was sent, in nanoseconds of CLOCK_MONOTONIC. */
export type Sent = { sender: Sender; at: bigint };

type Fields = Record<'common_pid' | 'code' | 'pid', number>;

export class KillSenders {
  readonly #tracepoint: Tracepoint;
  readonly #fields: Fields;
  readonly #processors: () => number[];
  readonly #rings = new Set<TracepointRing>();
  #deaf: TracepointRing[] = [];
  #surveyedAt = -Infinity;
  #gapAt = -Infinity;
  #isGapOpen = false;

  /** Throws where the kernel has no such tracepoint, shows none (tracefs is not mounted), or forbids it. */
  constructor(processors: () => number[] = onlineProcessors) {
    const { fields, ...tracepoint } = findEvent();
    this.#tracepoint = tracepoint;
    this.#fields = fields;
    this.#processors = processors;
    const failure = this.#openMissing();
    if (this.#rings.size === 0) throw failure ?? new Error('no processor is on');
    this.#survey();
  }

  /** Kills a process. When it is not told who did, nothing that is told can be relied on: closes, and throws. */
  test(): void {
    const { pid } = spawnSync('/bin/sh', ['-c', 'kill -9 $$']);
    if (this.drain().get(pid)?.sender !== 'process') {
      this.close();
      throw new Error('listening works, but the sender was not heard');
    }
  }

  /**
   * Who sent it first, by the thread that it was sent to (its number in the first PID namespace; a process's is that
   * of its first thread), since the last call. Never waits.
   */
  drain(): Map<number, Sent> {
    const senders = new Map<number, Sent>();
    const surveyEvery = this.#isGapOpen ? SURVEY_AGAIN_MS : SURVEY_EVERY_MS;
    if (performance.now() - this.#surveyedAt > surveyEvery) {
      this.#survey();
      if (this.#isGapOpen) this.#mend(senders);
    }
    for (const ring of this.#rings) this.#drainRing(ring, senders);
    return senders;
  }

  /** Whether all processors were listened to of late, so that what was not told was lost for want of memory. */
  hearsAll(): boolean {
    if (performance.now() - this.#surveyedAt > SURVEY_AGAIN_MS) this.#survey();
    return performance.now() - this.#gapAt > AFTER_GAP_MS;
  }

  /** Signals that did not fit, as far as the kernel has said so, on the processors that are listened to. */
  get lost(): number {
    return [...this.#rings].reduce((sum, ring) => sum + ring.lost, 0);
  }

  /** May be called again. */
  close(): void {
    for (const ring of this.#rings) ring.close();
    this.#rings.clear();
  }

  /** Whether each processor that is on is listened to. One that has gone off says nothing and is no gap. */
  #survey(): void {
    this.#surveyedAt = performance.now();
    this.#deaf = [...this.#rings].filter((ring) => !ring.isListening());
    const rings = [...this.#rings].filter((ring) => !this.#deaf.includes(ring));
    const listening = new Set(rings.map(({ cpu }) => cpu));
    this.#isGapOpen = this.#processors().some((cpu) => !listening.has(cpu));
    if (this.#isGapOpen) this.#gapAt = this.#surveyedAt;
  }

  /** `senders`: gets what those had heard that no longer listen. */
  #mend(senders: Map<number, Sent>): void {
    for (const ring of this.#deaf.splice(0)) {
      this.#drainRing(ring, senders);
      this.#rings.delete(ring);
      ring.close();
    }
    // What fails leaves the gap open, and the next survey tries again.
    this.#openMissing();
  }

  /** The last failure, such as of a processor that has gone off meanwhile (ENODEV): the others are listened to. */
  #openMissing(): Error | undefined {
    const known = new Set([...this.#rings].map(({ cpu }) => cpu));
    let failure: Error | undefined;
    for (const cpu of this.#processors().filter((one) => !known.has(one))) {
      try {
        this.#rings.add(TracepointRing.open(this.#tracepoint, cpu));
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    return failure;
  }

  #drainRing(ring: TracepointRing, senders: Map<number, Sent>): void {
    ring.take((traced) => {
      const target = traced.fields.readInt32LE(this.#fields.pid);
      const sent = { sender: this.#senderOf(traced, target), at: traced.at };
      keepFirst(senders, target, sent);
    });
  }

  #senderOf({ fields }: Traced, target: number): Sender {
    if (fields.readInt32LE(this.#fields.code) <= 0) return 'process';
    return fields.readInt32LE(this.#fields.common_pid) === target ? 'itself' : 'kernel';
  }
}

/** Notes a signal unless one was sent before it: rings are read processor by processor, not by time. */
export function keepFirst(senders: Map<number, Sent>, target: number, sent: Sent): void {
  const known = senders.get(target);
  if (known === undefined || sent.at < known.at) senders.set(target, sent);
}

/** Its number and the places of its fields, as this kernel has them. */
function findEvent(): Tracepoint & { fields: Fields } {
  const format = roots.map(readFormat).find((text) => text !== undefined);
  if (format === undefined) throw new Error('tracefs does not show signal:signal_generate');
  const offsetOf = (field: string): number => {
    const found = new RegExp(`\\b${field};\\s*offset:(\\d+);\\s*size:4;`).exec(format)?.[1];
    if (found === undefined) throw new Error(`signal:signal_generate has no field ${field}`);
    return Number(found);
  };
  return {
    id: Number(/^ID: (\d+)$/m.exec(format)?.[1]),
    name: 'signal:signal_generate',
    filter: FILTER,
    fields: {
      common_pid: offsetOf('int common_pid'),
      code: offsetOf('int code'),
      pid: offsetOf('pid_t pid'),
    },
  };
}

function readFormat(root: string): string | undefined {
  try {
    return readFileSync(`${root}/events/signal/signal_generate/format`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Those that are on; their list is such as `0-3,6`. */
export function onlineProcessors(): number[] {
  const text = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim();
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
