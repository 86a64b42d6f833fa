// A program written down as a list of system calls, for a process that shall do a few dozen of them and become
// something else: no fork of this process, no JavaScript and no library in it. Branches are what a cloned process
// does. Knows no lab.
import { buildProgram, FIRST_ROW, row, ROW_BYTES, TABLE_ADDRESS } from './call-interpreter.ts';
import { SyscallError } from './syscall-error.ts';
import { numberOf, type SyscallName } from './syscall-numbers.ts';

/** A number, or the address of: a text with a zero byte at its end, bytes, or texts with a null pointer at theirs. */
export type Argument = number | bigint | string | Uint8Array | readonly string[];

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
  readonly #reports: number;

  /** Reports go to the descriptor `reports`; whoever fails exits with `status`. */
  constructor(reports: number, status = 1) {
    this.#reports = reports;
    this.main = new CallList(reports);
    this.#ending = new CallList(reports);
    this.#ending.attempt('write', [reports, 0, REPORT_BYTES]);
    this.#ending.call('exit_group', [status]);
  }

  branch(): CallList {
    const list = new CallList(this.#reports);
    this.#branches.push(list);
    return list;
  }

  get #lists(): CallList[] {
    return [this.#ending, this.main, ...this.#branches];
  }

  /** The program as an ELF file. */
  build(): Buffer {
    return buildProgram(new Table(this.#lists).bytes);
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

/** Rows of the interpreter's table, and behind them what they point to. */
class Table {
  readonly #rows: Buffer;
  readonly #blobs: Buffer[] = [];
  #end: number;
  readonly #addresses = new Map<Step, number>();

  constructor(lists: readonly CallList[]) {
    const steps = lists.flatMap((list) => list.steps);
    steps.forEach((step, index) => this.#addresses.set(step, TABLE_ADDRESS + index * ROW_BYTES));
    this.#rows = Buffer.alloc(steps.length * ROW_BYTES);
    this.#end = TABLE_ADDRESS + this.#rows.length;
    const [ending] = lists;
    if (ending?.steps.length !== FIRST_ROW) throw new Error('the ending has the first rows');
    steps.forEach((step, index) => this.#write(step, index));
  }

  get bytes(): Buffer {
    return Buffer.concat([this.#rows, ...this.#blobs]);
  }

  #write(step: Step, index: number): void {
    const at = index * ROW_BYTES;
    const put = (word: number, value: number | bigint): void => {
      this.#rows.writeBigInt64LE(BigInt(value), at + word * 8);
    };
    put(row.number, numberOf(step.name));
    step.args.forEach((arg, place) => put(row.args + place, this.#value(arg)));
    const next = TABLE_ADDRESS + at + ROW_BYTES;
    put(row.id, index);
    put(row.next, next);
    const [first] = step.afterZero?.steps ?? [];
    put(row.afterZero, first === undefined ? next : this.#addressOf(first));
    put(row.afterFailure, step.mayFail ? next : TABLE_ADDRESS);
  }

  #value(arg: Step['args'][number]): number | bigint {
    if (typeof arg === 'number' || typeof arg === 'bigint') return arg;
    if (typeof arg === 'string') return this.#blob(Buffer.from(`${arg}\0`));
    if (arg instanceof Uint8Array) return this.#blob(Buffer.from(arg));
    if ('recordOf' in arg) return this.#addressOf(arg.recordOf) + row.result * 8;
    const pointers = Buffer.alloc((arg.length + 1) * 8);
    arg.forEach((text, index) => pointers.writeBigInt64LE(BigInt(this.#value(text)), index * 8));
    return this.#blob(pointers);
  }

  #addressOf(step: Step): number {
    const address = this.#addresses.get(step);
    if (address === undefined) throw new Error('a branch is no part of this program');
    return address;
  }

  /** Copies it behind the rows, where a 64-bit word may begin, and gives its address. */
  #blob(bytes: Buffer): number {
    const address = this.#end;
    const padded = Buffer.alloc(Math.ceil(bytes.length / 8) * 8);
    bytes.copy(padded);
    this.#blobs.push(padded);
    this.#end += padded.length;
    return address;
  }
}
