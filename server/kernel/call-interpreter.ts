// The smallest program that can do what a lab needs: an ELF file (elf(5)) of a hundred bytes of code that makes
// the system calls of a table in its data, one after another, and decides nothing. It is made in memory, needs no
// loader and no library, and starts in a quarter of the time of /bin/true. Knows no system call.
import { arch } from 'node:process';

/** One row of the table, in 64-bit words. */
export const row = {
  number: 0,
  /** Six of them. */
  args: 1,
  /** What the call returned: set when it was made. `id` follows, so that both can be written out in one. */
  result: 7,
  id: 8,
  /** Address of the row after a positive result, after zero, and after a failure. */
  next: 9,
  afterZero: 10,
  afterFailure: 11,
  words: 12,
} as const;

const WORD = 8;
export const ROW_BYTES = row.words * WORD;
const PAGE = 0x1000;
const CODE_ADDRESS = 0x400000;
const CODE_OFFSET = 0x200;
/** Where the table is. After a failure the second argument of its first row is the address of what failed: its result. */
export const TABLE_ADDRESS = 0x402000;
/** Where a program starts. Before it is what is done after a failure. */
export const FIRST_ROW = 2;

/*
 * x86-64                               arm64
 *         mov r12d, first row                  mov  x19, first row
 * loop:   mov rax, [r12]               loop:   ldr  x8, [x19]
 *         mov rdi, [r12+8]                     ldp  x0, x1, [x19, 8]
 *         mov rsi, [r12+16]                    ldp  x2, x3, [x19, 24]
 *         mov rdx, [r12+24]                    ldp  x4, x5, [x19, 40]
 *         mov r10, [r12+32]                    svc  0
 *         mov r8,  [r12+40]                    str  x0, [x19, 56]
 *         mov r9,  [r12+48]                    cmn  x0, 4095
 *         syscall                              b.hs failed
 *         mov [r12+56], rax                    cbz  x0, zero
 *         cmp rax, -4095                       ldr  x19, [x19, 72]
 *         jae failed                           b    loop
 *         test rax, rax                zero:   ldr  x19, [x19, 80]
 *         jz zero                              b    loop
 *         mov r12, [r12+72]            failed: add  x9, x19, 56
 *         jmp loop                             mov  x10, table
 * zero:   mov r12, [r12+80]                    str  x9, [x10, 16]
 *         jmp loop                             ldr  x19, [x19, 88]
 * failed: lea rcx, [r12+56]                    b    loop
 *         mov [table+16], rcx
 *         mov r12, [r12+88]
 *         jmp loop
 */
const machines = {
  x64: {
    /** e_machine of elf(5). */
    elf: 62,
    code: [
      '41bcc0204000498b0424498b7c2408498b742410498b5424184d8b542420',
      '4d8b4424284d8b4c24300f054989442438483d01f0ffff73134885c07407',
      '4d8b642448ebc34d8b642450ebbc498d4c243848890c25102040004d8b64',
      '2458eba8',
    ].join(''),
  },
  arm64: {
    elf: 183,
    code: [
      '131884d21308a0f2680240f9608640a9628e41a9649642a9010000d4601e',
      '00f91ffc3fb1c2000054600000b4732640f9f6ffff17732a40f9f4ffff17',
      '69e200910a0084d20a08a0f2490900f9732e40f9eeffff17',
    ].join(''),
  },
} as const;

const EXECUTABLE = 2;
const LOADABLE = 1;
const READ_EXECUTE = 5;
const READ_WRITE = 6;
const HEADER_BYTES = 64;
const SEGMENT_HEADER_BYTES = 56;
/** Size of the second segment in the file; that in memory follows. */
const TABLE_SIZE_AT = HEADER_BYTES + SEGMENT_HEADER_BYTES + 32;

/** Bytes of a program before its table. */
export const HEAD_BYTES = PAGE;

/** What comes before a table of so many bytes, whose addresses count from TABLE_ADDRESS, to make a program of it. */
export function writeHead(file: Buffer, tableBytes: number): void {
  head.copy(file);
  for (const size of [TABLE_SIZE_AT, TABLE_SIZE_AT + WORD]) file.writeUInt32LE(tableBytes, size);
}

const head = makeHead();

function makeHead(): Buffer {
  if (arch !== 'x64' && arch !== 'arm64') throw new Error(`no labs on ${arch}: x64 or arm64`);
  const { elf, code } = machines[arch];
  const file = Buffer.alloc(PAGE);
  file.write('7f454c46020101', 'hex');
  file.writeUInt16LE(EXECUTABLE, 16);
  file.writeUInt16LE(elf, 18);
  file.writeUInt32LE(1, 20);
  file.writeUInt32LE(CODE_ADDRESS + CODE_OFFSET, 24);
  file.writeUInt32LE(HEADER_BYTES, 32);
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(SEGMENT_HEADER_BYTES, 54);
  file.writeUInt16LE(2, 56);
  const segments = [
    { flags: READ_EXECUTE, offset: 0, address: CODE_ADDRESS, size: PAGE },
    { flags: READ_WRITE, offset: PAGE, address: TABLE_ADDRESS, size: 0 },
  ];
  for (const [index, { flags, offset, address, size }] of segments.entries()) {
    const at = HEADER_BYTES + index * SEGMENT_HEADER_BYTES;
    file.writeUInt32LE(LOADABLE, at);
    file.writeUInt32LE(flags, at + 4);
    const words = [offset, address, address, size, size, PAGE];
    words.forEach((word, place) => file.writeUInt32LE(word, at + 8 + place * WORD));
  }
  file.write(code, CODE_OFFSET, 'hex');
  return file;
}
