// Asks the kernel for what is in network namespaces, over netlink sockets opened in each. A call program does it:
// a path may lead through file systems that a learner's process answers for, and the kernel's lock of network
// devices may be held as long as one of them likes, so that whoever asks must be one that can be given up. Knows
// no lab.
import { constants as files } from 'node:fs';
import { kill } from 'node:process';
import type { CallList } from './call-program.ts';
import { checked, closeDescriptor, declare, O_CLOEXEC } from './libc.ts';
import { AT_FDCWD } from './mounts.ts';
import { namespaceFlags } from './namespaces.ts';
import { readMessages, writeAttribute, writeRequest, type NetlinkMessage } from './netlink.ts';
import { reapProgram, runProgram, type Running } from './run-program.ts';
import { mapFile } from './shared-file.ts';

/** Where a network namespace is: a path, below a directory that is never left when one is given. */
export type NetworkFile = { path: string; beneath?: number };

export type NetworkAnswers = {
  links: NetlinkMessage[];
  addresses: NetlinkMessage[];
  routes: NetlinkMessage[];
  chains: NetlinkMessage[];
  rules: NetlinkMessage[];
  /** Names of the tables that iptables-legacy has made for IPv4 and IPv6, a line each. */
  legacyTables: [string, string];
  /** Its number for each namespace that was asked for, by place in the list; -1 for one that it does not know. */
  identifiers: NetlinkMessage[];
  /** More was there than is asked for. */
  isCut: boolean;
};

/** Milliseconds until it is given up: a hundred times what one with a dozen namespaces takes. */
const BUDGET_MS = 500;

const MFD_CLOEXEC = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED_FIXED = 0x11;
/** Where the answers are in the program; it has nothing else there. */
const ANSWERS_ADDRESS = 0x1000_0000;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | O_CLOEXEC;
const NETLINK_ROUTE = 0;
const NETLINK_NETFILTER = 12;
const MSG_DONTWAIT = 0x40;
/** Gives a descriptor of the socket's network namespace (net_namespace.h, linux/sockios.h). */
const SIOCGSKNS = 0x894c;
const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTM_GETROUTE = 26;
const RTM_GETNSID = 90;
const NETNSA_FD = 3;
const NFNL_SUBSYS_NFTABLES = 10;
const NFT_MSG_GETCHAIN = 4;
const NFT_MSG_GETRULE = 7;
/** Sizes of struct ifinfomsg, ifaddrmsg, rtmsg, rtgenmsg (padded) and nfgenmsg. */
const IFINFO_BYTES = 16;
const IFADDR_BYTES = 8;
const RTMSG_BYTES = 12;
const RTGEN_BYTES = 4;
const NFGEN_BYTES = 4;

const RESOLVE_BENEATH_ONLY = 0x10 | 0x02 | 0x04;
const OPEN_FLAGS = files.O_RDONLY | files.O_NONBLOCK | files.O_NOCTTY | O_CLOEXEC;
const OPEN_HOW_BYTES = 24;

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
const LEGACY_AT = 160;
/** The five that there are take 34. */
const LEGACY_BYTES = 48;
/** Of the network namespace that whoever opens it is in (proc_pid_net(5)); absent without ip_tables. To ask for what
 * is in a table would make it: getsockopt(2) IPT_SO_GET_INFO does. */
const legacyFiles = [
  '/proc/thread-self/net/ip_tables_names',
  '/proc/thread-self/net/ip6_tables_names',
];

type Question = {
  name: Exclude<keyof NetworkAnswers, 'isCut' | 'legacyTables'>;
  protocol: number;
  datagrams: number;
};
const questions: readonly Question[] = [
  { name: 'links', protocol: NETLINK_ROUTE, datagrams: 16 },
  { name: 'addresses', protocol: NETLINK_ROUTE, datagrams: 8 },
  { name: 'routes', protocol: NETLINK_ROUTE, datagrams: 8 },
  { name: 'chains', protocol: NETLINK_NETFILTER, datagrams: 4 },
  { name: 'rules', protocol: NETLINK_NETFILTER, datagrams: 16 },
  { name: 'identifiers', protocol: NETLINK_ROUTE, datagrams: 16 },
];
const SLOT_BYTES = MMSGHDR_BYTES + IOVEC_BYTES + BUFFER_BYTES;
const PER_NETWORK =
  STAT_BYTES + questions.reduce((sum, one) => sum + one.datagrams * SLOT_BYTES, 0);
/** Its answers about others must fit. */
export const NETWORKS = 16;

const memfdCreate = declare('int memfd_create(const char *name, unsigned int flags)');
const ftruncate = declare('int ftruncate(int fd, int64 length)');

/** `ended` settles when nothing of the asking is left: who waits in the kernel cannot be killed at once. */
export type Asking = { answers: Promise<NetworkSight | undefined>; ended: Promise<unknown> };

/** By their inode number (namespaces(7)); `place` in the list. */
export type NetworkSight = Map<string, NetworkAnswers & { place: number }>;

/**
 * Asks for what is in the namespaces; one that has gone meanwhile, or is no network namespace, is not in the answer.
 * At most NETWORKS are asked for. The answer is undefined when the time was up.
 */
export function askNetworks(list: readonly NetworkFile[]): Asking {
  const asked = list.slice(0, NETWORKS);
  const length = asked.length * PER_NETWORK;
  const memory = checked(memfdCreate('networks', MFD_CLOEXEC), 'memfd_create', '');
  try {
    checked(ftruncate(memory, length), 'ftruncate', '');
    const mapped = mapFile(memory, length);
    const { bytes } = mapped;
    asked.forEach((_, place) => prepare(bytes, place));
    const { pid, done } = startAsking(asked, { memory, length });
    const ended = done.finally(() => reapProgram(pid));
    const answers = inTime(pid, ended)
      .then((isInTime) => (isInTime ? readAnswers(asked, bytes) : undefined))
      .finally(() => mapped.unmap());
    return { answers, ended: ended.catch(() => undefined) };
  } finally {
    closeDescriptor(memory);
  }
}

async function inTime(pid: number, ended: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => {
    // It is not reaped before it has ended: the number is its own.
    kill(pid, 'SIGKILL');
    resolve(false);
  }, BUDGET_MS);
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function startAsking(
  asked: readonly NetworkFile[],
  { memory, length }: { memory: number; length: number },
): Running {
  const beneath = asked.flatMap((file) => file.beneath ?? []);
  return runProgram({ descriptors: [...new Set([memory, ...beneath])] }, (program) => {
    const { main } = program;
    const mapping = [ANSWERS_ADDRESS, length, PROT_READ_WRITE, MAP_SHARED_FIXED, memory, 0];
    main.call('mmap', mapping, 'answers');
    const first = Math.max(program.reports, memory, 2, ...beneath) + 1;
    asked.forEach((file, place) => openFile(main, file, first + place));
    asked.forEach((_, place) => ask(main, place, { first, count: asked.length }));
    main.call('exit_group', [0]);
  });
}

/** Opens it as `descriptor`, if it can be opened. */
function openFile(list: CallList, { path, beneath }: NetworkFile, descriptor: number): void {
  list.attempt('close', [0]);
  if (beneath === undefined) {
    list.attempt('openat', [AT_FDCWD, path, OPEN_FLAGS, 0]);
  } else {
    const how = Buffer.alloc(OPEN_HOW_BYTES);
    how.writeBigUInt64LE(BigInt(OPEN_FLAGS), 0);
    how.writeBigUInt64LE(BigInt(RESOLVE_BENEATH_ONLY), 16);
    list.attempt('openat2', [beneath, path, how, how.length]);
  }
  list.attempt('dup3', [0, descriptor, O_CLOEXEC]);
}

/**
 * Each socket is descriptor 0. Where it could not go it is in another namespace: that is why the kernel is asked
 * which one it is in.
 */
function ask(
  list: CallList,
  place: number,
  { first, count }: { first: number; count: number },
): void {
  list.attempt('setns', [first + place, namespaceFlags.net]);
  for (const [index, question] of questions.entries()) {
    list.attempt('close', [0]);
    // A kernel without nf_tables has none of the second protocol.
    list.attempt('socket', [AF_NETLINK, SOCK_RAW_CLOEXEC, question.protocol]);
    if (index === 0) {
      list.attempt('close', [1]);
      list.attempt('ioctl', [0, SIOCGSKNS]);
      list.attempt('fstat', [1, addressOf(place)]);
    }
    for (const request of requestsOf(question.name, { first, count })) {
      list.attempt('sendto', [0, request, request.length, 0, 0, 0]);
    }
    const vector = ANSWERS_ADDRESS + offsetOf(place, question);
    list.attempt('recvmmsg', [0, vector, question.datagrams, MSG_DONTWAIT, 0]);
  }
  for (const [index, path] of legacyFiles.entries()) {
    list.attempt('close', [0]);
    list.attempt('openat', [AT_FDCWD, path, OPEN_FLAGS, 0]);
    list.attempt('read', [0, addressOf(place) + LEGACY_AT + index * LEGACY_BYTES, LEGACY_BYTES]);
  }
}

function requestsOf(
  name: Question['name'],
  { first, count }: { first: number; count: number },
): Buffer[] {
  const dump = (type: number, bytes: number): Buffer[] => [
    writeRequest(type, Buffer.alloc(bytes), { isDump: true, sequence: 0 }),
  ];
  const tables = NFNL_SUBSYS_NFTABLES << 8;
  switch (name) {
    case 'links':
      return dump(RTM_GETLINK, IFINFO_BYTES);
    case 'addresses':
      return dump(RTM_GETADDR, IFADDR_BYTES);
    case 'routes':
      return dump(RTM_GETROUTE, RTMSG_BYTES);
    case 'chains':
      return dump(tables | NFT_MSG_GETCHAIN, NFGEN_BYTES);
    case 'rules':
      return dump(tables | NFT_MSG_GETRULE, NFGEN_BYTES);
    case 'identifiers':
      return Array.from({ length: count }, (_, other) => {
        const file = writeAttribute(NETNSA_FD, first + other);
        const body = Buffer.concat([Buffer.alloc(RTGEN_BYTES), file]);
        return writeRequest(RTM_GETNSID, body, { isDump: false, sequence: other });
      });
  }
}

const addressOf = (place: number): number => ANSWERS_ADDRESS + place * PER_NETWORK;

function offsetOf(place: number, question: Question): number {
  const before = questions.slice(0, questions.indexOf(question));
  const bytes = before.reduce((sum, { datagrams }) => sum + datagrams * SLOT_BYTES, STAT_BYTES);
  return place * PER_NETWORK + bytes;
}

/** Writes the heads of all datagrams, for recvmmsg(2): heads, then vectors, then buffers. */
function prepare(bytes: Buffer, place: number): void {
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

function readAnswers(asked: readonly NetworkFile[], bytes: Buffer): NetworkSight {
  const sight: NetworkSight = new Map();
  for (const place of asked.keys()) {
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
      answers.isCut ||= question.name !== 'identifiers' && !isWhole;
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
