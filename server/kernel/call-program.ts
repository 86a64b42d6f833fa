// A program written down as a list of system calls, for a process that shall do a few dozen of them and become
// something else: no fork of this process, no JavaScript and no library in it. Branches are what a cloned process
// does. Knows no lab.
import {
  FIRST_ROW,
  HEAD_BYTES,
  row,
  ROW_BYTES,
  TABLE_ADDRESS,
  writeHead,
} from './call-interpreter.ts';
import { SyscallError } from './syscall-error.ts';
import { numberOf, type SyscallName } from './syscall-numbers.ts';

/** A number, or the address of: a text with a zero byte at its end, bytes, or texts with a null pointer at theirs. */
export type Argument = number | string | Uint8Array | readonly string[];

type Step = {
  name: SyscallName;
  args: readonly (Argument | { recordOf: Step })[];
  /** What it is done to, for whoever reads that it failed. */
  object: string;
  /** Else the program ends when it fails, and tells of it. */
  mayFail: boolean;
  afterZero?: CallList;
};

/** Bytes of a report: the result of a call (negative: -errno), then the number of its row, both of 64 bits. */
const REPORT_BYTES = 16;
const HIGHEST_ERRNO = 4095;
const WORD = 8;
const HALF = 4;
/** As many as a system call may have. */
const ARGS = 6;

/** Calls that one process makes in order. The last must not return. */
export class CallList {
  readonly steps: Step[] = [];
  readonly #reports: number;

  constructor(reports: number) {
    this.#reports = reports;
  }

  call(name: SyscallName, args: readonly Argument[], object = ''): void {
    this.steps.push({ name, args, object, mayFail: false });
  }

  /** A call that may fail. */
  attempt(name: SyscallName, args: readonly Argument[]): void {
    this.steps.push({ name, args, object: '', mayFail: true });
  }

  /** clone3(2): the new process does what `branch` says, this one goes on. */
  clone(args: Uint8Array, branch: CallList, object: string): void {
    this.steps.push({
      name: 'clone3',
      args: [args, args.byteLength],
      object,
      mayFail: false,
      afterZero: branch,
    });
  }

  /** Reports the result of the call before it. */
  tell(): void {
    const step = this.steps.at(-1);
    if (step === undefined) throw new Error('there is nothing to tell yet');
    const args = [this.#reports, { recordOf: step }, REPORT_BYTES];
    this.steps.push({ name: 'write', args, object: 'report', mayFail: false });
  }
}

/** What a program said: that a step is done, with its result, or why it ended. */
export type Report = { result: number } | { failed: SyscallError };

export class CallProgram {
  readonly main: CallList;
  readonly #branches: CallList[] = [];
  readonly #ending: CallList;
  /** The descriptor that reports go to. */
  readonly reports: number;

  /** Reports go to the descriptor `reports`; whoever fails exits with `status`. */
  constructor(reports: number, status = 1) {
    this.reports = reports;
    this.main = new CallList(reports);
    this.#ending = new CallList(reports);
    this.#ending.attempt('write', [reports, 0, REPORT_BYTES]);
    this.#ending.call('exit_group', [status]);
  }

  branch(): CallList {
    const list = new CallList(this.reports);
    this.#branches.push(list);
    return list;
  }

  get #lists(): CallList[] {
    return [this.#ending, this.main, ...this.#branches];
  }

  /** The program as an ELF file; good until another one is built. */
  build(): Buffer {
    return new Table(this.#lists).file;
  }

  /** The reports in what was read from the other end of `reports`. */
  read(bytes: Buffer): Report[] {
    const steps = this.#lists.flatMap((list) => list.steps);
    const reports: Report[] = [];
    for (let at = 0; at + REPORT_BYTES <= bytes.length; at += REPORT_BYTES) {
      const result = Number(bytes.readBigInt64LE(at));
      const step = steps[Number(bytes.readBigUInt64LE(at + 8))];
      if (step === undefined) throw new Error('a program told of a step that it does not have');
      reports.push(
        result < 0 && result >= -HIGHEST_ERRNO
          ? { failed: new SyscallError(step.name, step.object, -result) }
          : { result },
      );
    }
    return reports;
  }
}

/** Every program is written here before it is started: no memory to get and to collect for each of its texts. */
const scratch = Buffer.alloc(1024 * 1024);
const halves = new Int32Array(scratch.buffer);

/** Rows of the interpreter's table, and behind them what they point to. */
class Table {
  readonly #addresses = new Map<Step, number>();
  /** Where the next thing that a row points to goes, in `scratch`. */
  #end: number;

  constructor(lists: readonly CallList[]) {
    const steps = lists.flatMap((list) => list.steps);
    steps.forEach((step, index) => this.#addresses.set(step, TABLE_ADDRESS + index * ROW_BYTES));
    this.#end = HEAD_BYTES + steps.length * ROW_BYTES;
    const [ending] = lists;
    if (ending?.steps.length !== FIRST_ROW) throw new Error('the ending has the first rows');
    steps.forEach((step, index) => this.#write(step, index));
    writeHead(scratch, this.#end - HEAD_BYTES);
  }

  get file(): Buffer {
    return scratch.subarray(0, this.#end);
  }

  #write(step: Step, index: number): void {
    const at = HEAD_BYTES + index * ROW_BYTES;
    const put = (word: number, value: number): void => writeWord(at + word * WORD, value);
    put(row.number, numberOf(step.name));
    for (let place = 0; place < ARGS; place += 1) {
      put(row.args + place, this.#value(step.args[place] ?? 0));
    }
    put(row.result, 0);
    const next = TABLE_ADDRESS + (index + 1) * ROW_BYTES;
    put(row.id, index);
    put(row.next, next);
    const [first] = step.afterZero?.steps ?? [];
    put(row.afterZero, first === undefined ? next : this.#addressOf(first));
    put(row.afterFailure, step.mayFail ? next : TABLE_ADDRESS);
  }

  #value(arg: Step['args'][number]): number {
    if (typeof arg === 'number') return arg;
    if (typeof arg === 'string') {
      return this.#place(Buffer.byteLength(arg) + 1, (at) => scratch.write(arg, at));
    }
    if (arg instanceof Uint8Array) return this.#place(arg.length, (at) => scratch.set(arg, at));
    if ('recordOf' in arg) return this.#addressOf(arg.recordOf) + row.result * WORD;
    const pointers = arg.map((text) => this.#value(text));
    return this.#place((pointers.length + 1) * WORD, (at) =>
      pointers.forEach((pointer, index) => writeWord(at + index * WORD, pointer)),
    );
  }

  #addressOf(step: Step): number {
    const address = this.#addresses.get(step);
    if (address === undefined) throw new Error('a branch is no part of this program');
    return address;
  }

  /** Room behind the rows, all zero, where a word may begin; gives its address. */
  #place(bytes: number, write: (at: number) => void): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / WORD) * WORD;
    if (this.#end > scratch.length) throw new Error('the program is too long');
    halves.fill(0, at / HALF, this.#end / HALF);
    write(at);
    return TABLE_ADDRESS + at - HEAD_BYTES;
  }
}

/** A 64-bit word in two halves: numbers that JavaScript counts exactly, a negative one by its complement. */
function writeWord(at: number, value: number): void {
  halves[at / HALF] = value;
  halves[at / HALF + 1] = Math.floor(value / 2 ** 32);
}
