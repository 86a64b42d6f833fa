// The memory that the answers about network namespaces lie in, shared with the program that asks: of each a struct stat,
// then its datagrams. Knows no process.
import { readMessages, type NetlinkMessage } from './netlink.ts';
import { questions, type NetworkAnswers, type Question } from './network-questions.ts';

/** Where the answers are in the program; it has nothing else there. */
export const ANSWERS_ADDRESS = 0x1000_0000;

/** sizeof(struct mmsghdr) on 64 bits, and where in it are the vectors, their number and the length received. */
const MMSGHDR_BYTES = 64;
const VECTORS_AT = 16;
const VECTOR_COUNT_AT = 24;
const RECEIVED_AT = 56;
const IOVEC_BYTES = 16;
/** A dump comes in datagrams as long as the buffers, up to 32 KiB. */
const BUFFER_BYTES = 16 * 1024;
/** struct stat, which is shorter than 160, and then the names of the tables of iptables-legacy. */
const STAT_BYTES = 256;
export const LEGACY_AT = 160;
/** The five that there are take 34. */
export const LEGACY_BYTES = 48;
const SLOT_BYTES = MMSGHDR_BYTES + IOVEC_BYTES + BUFFER_BYTES;
export const PER_NETWORK =
  STAT_BYTES + questions.reduce((sum, one) => sum + one.datagrams * SLOT_BYTES, 0);

/** By their inode number (namespaces(7)); `place` in the list. */
export type NetworkSight = Map<string, NetworkAnswers & { place: number }>;

/** Where the answers about the network at this place of the list begin, in the program. */
export const addressOf = (place: number): number => ANSWERS_ADDRESS + place * PER_NETWORK;

/** Where the datagrams of an answer are, in bytes from the first network's. */
export function offsetOf(place: number, question: Question): number {
  const before = questions.slice(0, questions.indexOf(question));
  const bytes = before.reduce((sum, { datagrams }) => sum + datagrams * SLOT_BYTES, STAT_BYTES);
  return place * PER_NETWORK + bytes;
}

/** Writes the heads of all datagrams, for recvmmsg(2): heads, then vectors, then buffers. */
export function prepareAnswers(bytes: Buffer, place: number): void {
  for (const question of questions) {
    const { vectors, buffers } = partsOf(place, question);
    for (let index = 0; index < question.datagrams; index += 1) {
      const head = offsetOf(place, question) + index * MMSGHDR_BYTES;
      const vector = vectors + index * IOVEC_BYTES;
      const buffer = ANSWERS_ADDRESS + buffers + index * BUFFER_BYTES;
      bytes.writeBigUInt64LE(BigInt(ANSWERS_ADDRESS + vector), head + VECTORS_AT);
      bytes.writeBigUInt64LE(1n, head + VECTOR_COUNT_AT);
      bytes.writeBigUInt64LE(BigInt(buffer), vector);
      bytes.writeBigUInt64LE(BigInt(BUFFER_BYTES), vector + 8);
    }
  }
}

function partsOf(place: number, question: Question): { vectors: number; buffers: number } {
  const vectors = offsetOf(place, question) + question.datagrams * MMSGHDR_BYTES;
  return { vectors, buffers: vectors + question.datagrams * IOVEC_BYTES };
}

/** Of as many networks as were asked. Of a protocol that is not among `known` there is nothing to be told. */
export function readAnswers(
  count: number,
  bytes: Buffer,
  known: ReadonlySet<number>,
): NetworkSight {
  const sight: NetworkSight = new Map();
  for (let place = 0; place < count; place += 1) {
    // st_ino follows st_dev (stat(2), x86-64 and arm64).
    const inode = String(bytes.readBigUInt64LE(place * PER_NETWORK + 8));
    const answers: NetworkAnswers & { place: number } = {
      place,
      links: [],
      addresses: [],
      routes: [],
      chains: [],
      rules: [],
      identifiers: [],
      legacyTables: [readLegacy(bytes, place, 0), readLegacy(bytes, place, 1)],
      isCut: false,
    };
    for (const question of questions) {
      const { messages, isWhole } = readQuestion(bytes, place, question);
      answers[question.name] = messages;
      answers.isCut ||= question.name !== 'identifiers' && known.has(question.protocol) && !isWhole;
    }
    if (!sight.has(inode)) sight.set(inode, answers);
  }
  return sight;
}

function readLegacy(bytes: Buffer, place: number, index: number): string {
  const start = place * PER_NETWORK + LEGACY_AT + index * LEGACY_BYTES;
  const text = bytes.toString('latin1', start, start + LEGACY_BYTES);
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function readQuestion(
  bytes: Buffer,
  place: number,
  question: Question,
): { messages: NetlinkMessage[]; isWhole: boolean } {
  const { buffers } = partsOf(place, question);
  const messages: NetlinkMessage[] = [];
  let isWhole = false;
  for (let index = 0; index < question.datagrams; index += 1) {
    const head = offsetOf(place, question) + index * MMSGHDR_BYTES;
    const received = Math.min(bytes.readUInt32LE(head + RECEIVED_AT), BUFFER_BYTES);
    const start = buffers + index * BUFFER_BYTES;
    // The memory goes when all is read: what is kept must be a copy.
    const read = readMessages(Buffer.from(bytes.subarray(start, start + received)));
    messages.push(...read.messages);
    isWhole ||= read.isDone;
  }
  return { messages, isWhole };
}
