// Passes open file descriptors between keeper and link over a SOCK_SEQPACKET Unix socket (SCM_RIGHTS,
// unix(7)). Each message carries a decimal number and one descriptor. Knows no PTY and no verb.
import koffi from 'koffi';
import { checked, closeDescriptor, declare, lastErrno } from './libc.ts';
import { constants } from 'node:os';

const AF_UNIX = 1;
const SOCK_SEQPACKET_CLOEXEC = 5 | 0o2000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SO_PEERCRED = 17;
const MSG_DONTWAIT = 0x40;
const MSG_CMSG_CLOEXEC = 0x40000000;
const SOCK_NONBLOCK = 0o4000;
/** CMSG_SPACE(sizeof(int)): a 16-byte header, 4 bytes, padding to 8. */
const CONTROL_BYTES = 24;
const NUMBER_BYTES = 16;

koffi.struct('iovec', { base: 'void *', length: 'size_t' });
koffi.struct('msghdr', {
  name: 'void *',
  nameLength: 'uint32',
  vectors: 'iovec *',
  vectorCount: 'size_t',
  control: 'void *',
  controlLength: 'size_t',
  flags: 'int',
});

const socket = declare('int socket(int domain, int type, int protocol)');
const connect = declare('int connect(int fd, const void *address, uint32 length)');
const bind = declare('int bind(int fd, const void *address, uint32 length)');
const listen = declare('int listen(int fd, int backlog)');
const accept4 = declare('int accept4(int fd, void *address, void *length, int flags)');
const sendmsg = declare('int64 sendmsg(int fd, const msghdr *message, int flags)');
const recvmsg = declare('int64 recvmsg(int fd, _Inout_ msghdr *message, int flags)');
const getsockopt = declare(
  'int getsockopt(int fd, int level, int name, void *value, void *length)',
);

/** Longest path of a Unix socket address, without its end (unix(7)). */
const PATH_BYTES = 107;

function unixAddress(path: string): Buffer {
  const bytes = Buffer.from(path, 'utf8');
  if (bytes.length > PATH_BYTES) {
    throw new Error(
      `the socket path ${path} is longer than ${PATH_BYTES} bytes: choose a shorter state directory`,
    );
  }
  const address = Buffer.alloc(110);
  address.writeUInt16LE(AF_UNIX, 0);
  bytes.copy(address, 2);
  return address;
}

/** Listens at `path`; the socket is non-blocking. The caller closes it and removes the path. */
export function listenForDescriptorChannels(path: string): number {
  const fd = checked(
    socket(AF_UNIX, SOCK_SEQPACKET_CLOEXEC | SOCK_NONBLOCK, 0),
    'socket',
    'AF_UNIX',
  );
  const address = unixAddress(path);
  checked(bind(fd, address, address.length), 'bind', path);
  checked(listen(fd, 8), 'listen', path);
  return fd;
}

/** Connects to keeper's channel. Call before saying greet: keeper accepts when it reads that. */
export function connectDescriptorChannel(path: string): number {
  const fd = checked(socket(AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0), 'socket', 'AF_UNIX');
  const address = unixAddress(path);
  try {
    checked(connect(fd, address, address.length), 'connect', path);
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
  return fd;
}

/** Takes a connection that is already waiting; undefined when none is. */
export function acceptDescriptorChannel(listener: number): number | undefined {
  const fd = accept4(listener, null, null, 0o2000000);
  if (fd < 0 && lastErrno() === constants.errno.EAGAIN) return undefined;
  return checked(fd, 'accept4', String(listener));
}

/** Process, user and group at the other end, as they were when it connected (SO_PEERCRED, unix(7)). */
export function peerOf(fd: number): { pid: number; user: number; group: number } {
  const value = Buffer.alloc(12);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  checked(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length), 'getsockopt', 'SO_PEERCRED');
  return { pid: value.readInt32LE(0), user: value.readUInt32LE(4), group: value.readUInt32LE(8) };
}

/** Sends `fd` with its number. Never blocks: the receiver reads each one as soon as it is told. */
export function sendDescriptor(channel: number, descriptor: number, fd: number): void {
  const number = Buffer.from(String(descriptor), 'ascii');
  const control = Buffer.alloc(CONTROL_BYTES);
  control.writeBigUInt64LE(20n, 0);
  control.writeInt32LE(SOL_SOCKET, 8);
  control.writeInt32LE(SCM_RIGHTS, 12);
  control.writeInt32LE(fd, 16);
  const message = messageHeader(number, number.length, control);
  checked(sendmsg(channel, message, MSG_DONTWAIT), 'sendmsg', `descriptor ${descriptor}`);
}

/**
 * Takes the next message, which must already be there. The descriptor is close-on-exec and the caller's
 * to close. Throws SyscallError EAGAIN when nothing is there, Error when it carries no descriptor.
 */
export function receiveDescriptor(channel: number): { descriptor: number; fd: number } {
  const number = Buffer.alloc(NUMBER_BYTES);
  const control = Buffer.alloc(CONTROL_BYTES);
  const message = messageHeader(number, number.length, control);
  const length = recvmsg(channel, message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  checked(length, 'recvmsg', 'descriptor channel');
  if (length === 0) throw new Error('the descriptor channel was closed by keeper');
  const descriptor = Number(number.toString('ascii', 0, length));
  if (control.readInt32LE(12) !== SCM_RIGHTS || control.readBigUInt64LE(0) !== 20n) {
    throw new Error(`message ${descriptor} of the descriptor channel carries no descriptor`);
  }
  return { descriptor, fd: control.readInt32LE(16) };
}

function messageHeader(data: Buffer, length: number, control: Buffer) {
  return {
    name: null,
    nameLength: 0,
    vectors: { base: data, length },
    vectorCount: 1,
    control,
    controlLength: control.length,
    flags: 0,
  };
}
