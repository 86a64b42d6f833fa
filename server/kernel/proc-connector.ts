// The kernel's proc connector (linux/cn_proc.h, linux/connector.h): who started a program, and who exited, with
// which status. Read without waiting, whenever somebody observes. Needs root in the first network namespace.
import { constants } from 'node:os';
import { checked, closeDescriptor, declare, lastErrno } from './libc.ts';

const AF_NETLINK = 16;
const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0o2000000 | 0o4000;
const NETLINK_CONNECTOR = 11;
const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
const NLMSG_DONE = 3;
const PROC_CN_MCAST_LISTEN = 1;
const PROC_EVENT_EXEC = 0x00000002;
const PROC_EVENT_EXIT = 0x80000000;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SO_RCVBUF = 8;
/** Two seconds of a fork bomb; what does not fit is lost and said so (ENOBUFS). */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** nlmsghdr 16 + cn_msg 20 + proc_event up to 40, rounded up. */
const MESSAGE_BYTES = 256;
const EVENT_OFFSET = 36;
const EVENT_DATA_OFFSET = EVENT_OFFSET + 16;

const socket = declare('int socket(int domain, int type, int protocol)');
const bind = declare('int bind(int fd, const void *address, uint32 length)');
const send = declare('int64 send(int fd, const void *data, size_t length, int flags)');
const recv = declare('int64 recv(int fd, void *data, size_t length, int flags)');
const setsockopt = declare(
  'int setsockopt(int fd, int level, int name, const void *value, uint32 length)',
);

export type ProcessEnd = {
  /** PID in the first PID namespace. */
  hostPid: number;
  code: number | null;
  signal: number | null;
};

export type ProcessEvents = {
  ends: ProcessEnd[];
  /** Threads that a signal ended, with their process: never the first one, whose end is that of the process. */
  threads: { thread: number; hostPid: number }[];
  /** PIDs, in the first PID namespace, of processes that have called execve(2). */
  execs: number[];
};

export class ProcConnector {
  readonly #socket: number;
  readonly #message = Buffer.alloc(MESSAGE_BYTES);
  /** Times the kernel dropped events because nobody read them in time. */
  lost = 0;

  constructor() {
    this.#socket = checked(
      socket(AF_NETLINK, SOCK_DGRAM_CLOEXEC_NONBLOCK, NETLINK_CONNECTOR),
      'socket',
      'NETLINK_CONNECTOR',
    );
    try {
      this.#widen();
      const address = Buffer.alloc(12);
      address.writeUInt16LE(AF_NETLINK, 0);
      address.writeUInt32LE(CN_IDX_PROC, 8);
      checked(bind(this.#socket, address, address.length), 'bind', 'NETLINK_CONNECTOR');
      this.#listen();
    } catch (error) {
      closeDescriptor(this.#socket);
      throw error;
    }
  }

  /** What has happened since the last call, oldest first. Never waits. */
  drain(): ProcessEvents {
    const events: ProcessEvents = { ends: [], threads: [], execs: [] };
    for (;;) {
      const length = recv(this.#socket, this.#message, MESSAGE_BYTES, 0);
      if (length < 0) {
        const errno = lastErrno();
        if (errno === constants.errno.ENOBUFS) {
          this.lost += 1;
          continue;
        }
        if (errno === constants.errno.EINTR) continue;
        return events;
      }
      this.#readExit(length, events);
      const exec = this.#readExec(length);
      if (exec !== undefined) events.execs.push(exec);
    }
  }

  close(): void {
    closeDescriptor(this.#socket);
  }

  #widen(): void {
    const size = Buffer.alloc(4);
    size.writeInt32LE(RECEIVE_BUFFER_BYTES);
    const forced = setsockopt(this.#socket, SOL_SOCKET, SO_RCVBUFFORCE, size, 4);
    if (forced < 0) setsockopt(this.#socket, SOL_SOCKET, SO_RCVBUF, size, 4);
  }

  #listen(): void {
    const request = Buffer.alloc(40);
    request.writeUInt32LE(request.length, 0);
    request.writeUInt16LE(NLMSG_DONE, 4);
    request.writeUInt32LE(CN_IDX_PROC, 16);
    request.writeUInt32LE(CN_VAL_PROC, 20);
    request.writeUInt16LE(4, 32);
    request.writeUInt32LE(PROC_CN_MCAST_LISTEN, 36);
    checked(send(this.#socket, request, request.length, 0), 'send', 'PROC_CN_MCAST_LISTEN');
  }

  #readExec(length: number): number | undefined {
    const isExec =
      length >= EVENT_DATA_OFFSET + 8 &&
      this.#message.readUInt32LE(EVENT_OFFSET) === PROC_EVENT_EXEC;
    return isExec ? this.#message.readInt32LE(EVENT_DATA_OFFSET + 4) : undefined;
  }

  #readExit(length: number, { ends, threads }: ProcessEvents): void {
    const message = this.#message;
    if (length < EVENT_DATA_OFFSET + 12 || message.readUInt32LE(EVENT_OFFSET) !== PROC_EVENT_EXIT) {
      return;
    }
    const thread = message.readInt32LE(EVENT_DATA_OFFSET);
    const hostPid = message.readInt32LE(EVENT_DATA_OFFSET + 4);
    const status = message.readUInt32LE(EVENT_DATA_OFFSET + 8);
    const signal = status & 0x7f;
    // A thread's end is not its process's end; the leader reports for all.
    if (thread !== hostPid) {
      if (signal !== 0) threads.push({ thread, hostPid });
    } else if (signal === 0) ends.push({ hostPid, code: (status >> 8) & 0xff, signal: null });
    else ends.push({ hostPid, code: null, signal });
  }
}
