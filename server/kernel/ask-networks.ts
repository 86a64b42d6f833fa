// Asks the kernel for what is in network namespaces, over netlink sockets opened in each. A call program does it:
// a path may lead through file systems that a learner's process answers for, and the kernel's lock of network
// devices may be held as long as one of them likes, so that whoever asks must be one that can be given up. Knows
// no lab.
import { constants as files } from 'node:fs';
import { kill } from 'node:process';
import { answerMemories } from './answer-memory.ts';
import type { CallList } from './call-program.ts';
import { checked, closeDescriptor, declare, O_CLOEXEC } from './libc.ts';
import { AT_FDCWD } from './mounts.ts';
import { namespaceFlags } from './namespaces.ts';
import {
  addressOf,
  ANSWERS_ADDRESS,
  LEGACY_AT,
  LEGACY_BYTES,
  offsetOf,
  PER_NETWORK,
  prepareAnswers,
  readAnswers,
  type NetworkSight,
} from './network-memory.ts';
import { questions, requestsOf } from './network-questions.ts';
import { reapProgram, runProgram, type Running } from './run-program.ts';
import { SyscallError } from './syscall-error.ts';

/** Where a network namespace is: a path, below a directory that is never left when one is given. */
export type NetworkFile = { path: string; beneath?: number };

/** Milliseconds until it is given up: a hundred times what one with a dozen namespaces takes. */
const BUDGET_MS = 500;

const PROT_READ_WRITE = 3;
const MAP_SHARED_FIXED = 0x11;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | O_CLOEXEC;
const MSG_DONTWAIT = 0x40;
/** Gives a descriptor of the socket's network namespace (net_namespace.h, linux/sockios.h). */
const SIOCGSKNS = 0x894c;

const RESOLVE_BENEATH_ONLY = 0x10 | 0x02 | 0x04;
const OPEN_FLAGS = files.O_RDONLY | files.O_NONBLOCK | files.O_NOCTTY | O_CLOEXEC;
const OPEN_HOW_BYTES = 24;

/** Of the network namespace that whoever opens it is in (proc_pid_net(5)); absent without ip_tables. To ask for what
 * is in a table would make it: getsockopt(2) IPT_SO_GET_INFO does. */
const legacyFiles = [
  '/proc/thread-self/net/ip_tables_names',
  '/proc/thread-self/net/ip6_tables_names',
];

/** Most that are asked: what each says of the others must fit (`identifiers` of network-questions.ts). */
export const NETWORKS = 16;

const socket = declare('int socket(int domain, int type, int protocol)');
const takeMemory = answerMemories(NETWORKS * PER_NETWORK);

/** `ended` settles when nothing of the asking is left: who waits in the kernel cannot be killed at once. */
export type Asking = { answers: Promise<NetworkSight | undefined>; ended: Promise<unknown> };

/**
 * Asks for what is in the namespaces; one that has gone meanwhile, or is no network namespace, is not in the answer.
 * At most NETWORKS are asked for. The answer is undefined when the time was up.
 */
export function askNetworks(list: readonly NetworkFile[]): Asking {
  const asked = list.slice(0, NETWORKS);
  const memory = takeMemory();
  try {
    asked.forEach((_, place) => prepareAnswers(memory.bytes, place));
    const { pid, done } = startAsking(asked, memory.descriptor);
    const ended = done.finally(() => reapProgram(pid));
    const answers = inTime(pid, ended).then((isInTime) =>
      isInTime ? readAnswers(asked.length, memory.bytes, knownProtocols()) : undefined,
    );
    void Promise.allSettled([answers, ended]).then(() => memory.release());
    return { answers, ended: ended.catch(() => undefined) };
  } catch (error) {
    memory.release();
    throw error;
  }
}

/** A kernel without netfilter makes no socket of its protocol. What is loaded stays: asked once. */
let known: ReadonlySet<number> | undefined;
function knownProtocols(): ReadonlySet<number> {
  known ??= new Set(questions.map(({ protocol }) => protocol).filter(isKnown));
  return known;
}

function isKnown(protocol: number): boolean {
  try {
    const made = socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
    closeDescriptor(checked(made, 'socket', `netlink ${protocol}`));
    return true;
  } catch (error) {
    return !(error instanceof SyscallError && error.errno === 'EPROTONOSUPPORT');
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

function startAsking(asked: readonly NetworkFile[], memory: number): Running {
  const beneath = asked.flatMap((file) => file.beneath ?? []);
  return runProgram({ descriptors: [...new Set([memory, ...beneath])] }, (program) => {
    const { main } = program;
    const length = asked.length * PER_NETWORK;
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
    // A kernel without netfilter has none of the second protocol.
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
