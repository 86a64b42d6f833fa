// Who sent the signal that cannot be caught: the kernel's tracepoint signal:signal_generate (include/trace/events/
// signal.h), read through perf_event_open(2). Of a process's end the proc connector tells the signal alone, and it is
// the same whether somebody sent it or the kernel itself did. Read without waiting. Needs root; with this process ends
// all that it asked the kernel for.
import { readFileSync } from 'node:fs';
import { arch } from 'node:process';
import { checked, closeDescriptor, declare } from './libc.ts';
import { mapFile, type SharedFile } from './shared-file.ts';

const PERF_TYPE_TRACEPOINT = 2;
const PERF_SAMPLE_RAW = 1 << 10;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_SET_FILTER = 0x4008_2406;
const PERF_RECORD_SAMPLE = 9;
const PERF_EVENT_OPEN = arch === 'arm64' ? 241 : 298;
/** struct perf_event_attr up to PERF_ATTR_SIZE_VER0 (linux/perf_event.h); it begins disabled. */
const ATTRIBUTE_BYTES = 64;
const DISABLED = 1n;
/** Where struct perf_event_mmap_page says how far was written and read. */
const HEAD_OFFSET = 1024;
const TAIL_OFFSET = 1032;
const PAGE_BYTES = 4096;
/** For each processor: some 2,000 signals between two looks, each the death of a process. */
const RING_BYTES = 32 * PAGE_BYTES;

/** Delivered: not ignored, as in a PID 1 by those inside, and the first of its kind. */
const FILTER = 'sig == 9 && result == 0';
const roots = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

const open = declare(
  'int64 syscall(int64 number, void *attributes, int64 pid, int64 cpu, int64 group, int64 flags)',
);
const ioctlText = declare('int ioctl(int fd, uint64 request, const char *value)');
const ioctlNumber = declare('int ioctl(int fd, uint64 request, int64 value)');

/**
 * `process`: somebody called kill(2) or the like, or the kernel spoke in a process's name, as for
 * PR_SET_PDEATHSIG. `kernel`: the kernel itself, while another process ran (si_code SI_KERNEL, sigaction(2)): the
 * end of a PID namespace, no memory left. `itself`: the same while the process itself ran, by a limit (setrlimit(2)),
 * or because it says so (rt_sigqueueinfo(2)).
 */
export type Sender = 'process' | 'kernel' | 'itself';

type Ring = { fd: number; map: SharedFile };
type Fields = Record<'common_pid' | 'code' | 'pid', number>;

export class KillSenders {
  readonly #rings: Ring[] = [];
  readonly #fields: Fields;

  /** Throws where the kernel has no such tracepoint, shows none (tracefs is not mounted), or forbids it. */
  constructor() {
    const event = findEvent();
    this.#fields = event.fields;
    try {
      for (const cpu of onlineProcessors()) this.#rings.push(openRing(event.id, cpu));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Who sent it to whom, by PID in the first PID namespace, since the last call. Never waits. */
  drain(): Map<number, Sender> {
    const senders = new Map<number, Sender>();
    for (const { map } of this.#rings) this.#drainRing(map.bytes, senders);
    return senders;
  }

  close(): void {
    for (const { fd, map } of this.#rings.splice(0)) {
      map.unmap();
      closeDescriptor(fd);
    }
  }

  #drainRing(bytes: Buffer, senders: Map<number, Sender>): void {
    const head = bytes.readBigUInt64LE(HEAD_OFFSET);
    let tail = bytes.readBigUInt64LE(TAIL_OFFSET);
    while (tail < head) {
      const header = readRing(bytes, tail, 8);
      const size = header.readUInt16LE(6);
      // No record is shorter than its header: better to skip all than to stay here.
      if (size < 8) tail = head;
      else {
        const record = readRing(bytes, tail, size);
        if (header.readUInt32LE(0) === PERF_RECORD_SAMPLE) this.#read(record.subarray(12), senders);
        tail += BigInt(size);
      }
    }
    bytes.writeBigUInt64LE(head, TAIL_OFFSET);
  }

  #read(event: Buffer, senders: Map<number, Sender>): void {
    const target = event.readInt32LE(this.#fields.pid);
    const running = event.readInt32LE(this.#fields.common_pid);
    if (event.readInt32LE(this.#fields.code) <= 0) senders.set(target, 'process');
    else senders.set(target, running === target ? 'itself' : 'kernel');
  }
}

/** `size` bytes of the ring, which begins after the first page, from a place that only ever grows. */
function readRing(bytes: Buffer, place: bigint, size: number): Buffer {
  const at = Number(place % BigInt(RING_BYTES));
  const first = bytes.subarray(PAGE_BYTES + at, PAGE_BYTES + Math.min(at + size, RING_BYTES));
  const rest = bytes.subarray(PAGE_BYTES, PAGE_BYTES + size - first.length);
  return first.length === size ? first : Buffer.concat([first, rest]);
}

function openRing(id: number, cpu: number): Ring {
  const attributes = Buffer.alloc(ATTRIBUTE_BYTES);
  attributes.writeUInt32LE(PERF_TYPE_TRACEPOINT, 0);
  attributes.writeUInt32LE(ATTRIBUTE_BYTES, 4);
  attributes.writeBigUInt64LE(BigInt(id), 8);
  attributes.writeBigUInt64LE(1n, 16);
  attributes.writeBigUInt64LE(BigInt(PERF_SAMPLE_RAW), 24);
  attributes.writeBigUInt64LE(DISABLED, 40);
  const result = open(PERF_EVENT_OPEN, attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  const fd = checked(result, 'perf_event_open', 'signal:signal_generate');
  try {
    checked(ioctlText(fd, PERF_EVENT_IOC_SET_FILTER, FILTER), 'ioctl', 'PERF_EVENT_IOC_SET_FILTER');
    const map = mapFile(fd, PAGE_BYTES + RING_BYTES);
    checked(ioctlNumber(fd, PERF_EVENT_IOC_ENABLE, 0), 'ioctl', 'PERF_EVENT_IOC_ENABLE');
    return { fd, map };
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** Its number and the places of its fields, as this kernel has them. */
function findEvent(): { id: number; fields: Fields } {
  const format = roots.map(readFormat).find((text) => text !== undefined);
  if (format === undefined) throw new Error('tracefs does not show signal:signal_generate');
  const offsetOf = (field: string): number => {
    const found = new RegExp(`\\b${field};\\s*offset:(\\d+);\\s*size:4;`).exec(format)?.[1];
    if (found === undefined) throw new Error(`signal:signal_generate has no field ${field}`);
    return Number(found);
  };
  return {
    id: Number(/^ID: (\d+)$/m.exec(format)?.[1]),
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

function onlineProcessors(): number[] {
  const text = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim();
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
