// What one tracepoint tells of one processor, by perf_event_open(2). Read without waiting. Needs root; with this
// process ends all that it asked the kernel for. Knows no particular tracepoint.
import { readSync } from 'node:fs';
import { arch } from 'node:process';
import { checked, closeDescriptor, declare } from './libc.ts';
import { RingMemory } from './ring-memory.ts';
import { mapFile, type SharedFile } from './shared-file.ts';

const PERF_TYPE_TRACEPOINT = 2;
const PERF_SAMPLE_TIME = 1 << 2;
const PERF_SAMPLE_RAW = 1 << 10;
const PERF_FORMAT_TOTAL_TIME_ENABLED = 1;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_SET_FILTER = 0x4008_2406;
const PERF_RECORD_LOST = 2;
const PERF_RECORD_SAMPLE = 9;
const PERF_EVENT_OPEN = arch === 'arm64' ? 241 : 298;
/** struct perf_event_attr up to PERF_ATTR_SIZE_VER3 (linux/perf_event.h), the first with a clock. */
const ATTRIBUTE_BYTES = 96;
const DISABLED = 1n;
const USE_CLOCKID = 1n << 25n;
/** One for all processors (clock_gettime(2)). */
const CLOCK_MONOTONIC = 1;
/** A power of two, and of no more bytes than two pages of the largest size that arm64 has. */
const RING_BYTES = 128 * 1024;

const open = declare(
  'int64 syscall(int64 number, void *attributes, int64 pid, int64 cpu, int64 group, int64 flags)',
);
const ioctlText = declare('int ioctl(int fd, uint64 request, const char *value)');
const ioctlNumber = declare('int ioctl(int fd, uint64 request, int64 value)');
const getPageSize = declare('int getpagesize()');

/** `id` as tracefs has it; `filter` in the kernel's words (Documentation/trace/events.rst, "Event filtering"). */
export type Tracepoint = { id: number; name: string; filter: string };

/** `at`: nanoseconds of CLOCK_MONOTONIC; `fields`: as the tracepoint's format says, gone with the call. */
export type Traced = { at: bigint; fields: Buffer };

export class TracepointRing {
  readonly cpu: number;
  readonly #fd: number;
  readonly #map: SharedFile;
  readonly #memory: RingMemory;
  /** What read(2) gives: u64 count, u64 nanoseconds enabled. */
  readonly #counts = Buffer.alloc(16);
  /** Events that did not fit, as far as the kernel has said so: with the next that does. */
  lost = 0;

  private constructor(cpu: number, fd: number) {
    this.cpu = cpu;
    this.#fd = fd;
    this.#map = mapFile(fd, getPageSize() + RING_BYTES);
    this.#memory = new RingMemory(this.#map.bytes);
  }

  /** Throws SyscallError: ENODEV when that processor is off. */
  static open(tracepoint: Tracepoint, cpu: number): TracepointRing {
    const fd = openEvent(tracepoint, cpu);
    try {
      checked(ioctlText(fd, PERF_EVENT_IOC_SET_FILTER, tracepoint.filter), 'ioctl', 'SET_FILTER');
      // Before there is memory, where nothing can be told yet: after it nothing can fail.
      checked(ioctlNumber(fd, PERF_EVENT_IOC_ENABLE, 0), 'ioctl', 'PERF_EVENT_IOC_ENABLE');
      return new TracepointRing(cpu, fd);
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
  }

  /** What has come since the last call, oldest first. */
  take(handle: (traced: Traced) => void): void {
    this.#memory.take((record) => {
      const type = record.readUInt32LE(0);
      if (type === PERF_RECORD_SAMPLE) {
        // After the time: u32 size, then as many bytes.
        handle({ at: record.readBigUInt64LE(8), fields: record.subarray(20) });
      } else if (type === PERF_RECORD_LOST) this.lost += Number(record.readBigUInt64LE(16));
    });
  }

  /**
   * Whether it still listens: the time for which it did grows from one call to the next. The kernel takes the event
   * off a processor that goes off, and does not put it back (perf_event_exit_cpu, kernel/events/core.c). False also
   * where the kernel's clock is coarser than a system call.
   */
  isListening(): boolean {
    const before = this.#readTimeEnabled();
    return this.#readTimeEnabled() !== before;
  }

  #readTimeEnabled(): bigint {
    readSync(this.#fd, this.#counts);
    return this.#counts.readBigUInt64LE(8);
  }

  close(): void {
    this.#map.unmap();
    closeDescriptor(this.#fd);
  }
}

function openEvent({ id, name }: Tracepoint, cpu: number): number {
  const attributes = Buffer.alloc(ATTRIBUTE_BYTES);
  attributes.writeUInt32LE(PERF_TYPE_TRACEPOINT, 0);
  attributes.writeUInt32LE(ATTRIBUTE_BYTES, 4);
  attributes.writeBigUInt64LE(BigInt(id), 8);
  attributes.writeBigUInt64LE(1n, 16);
  attributes.writeBigUInt64LE(BigInt(PERF_SAMPLE_TIME | PERF_SAMPLE_RAW), 24);
  attributes.writeBigUInt64LE(BigInt(PERF_FORMAT_TOTAL_TIME_ENABLED), 32);
  attributes.writeBigUInt64LE(DISABLED | USE_CLOCKID, 40);
  attributes.writeInt32LE(CLOCK_MONOTONIC, 92);
  const result = open(PERF_EVENT_OPEN, attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  return checked(result, 'perf_event_open', name);
}
