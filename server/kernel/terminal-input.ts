// Whether what is typed into a terminal is still looked at by the kernel, asked by the descriptor of its master
// (ioctl_tty(2)). Knows no queue.
import { closeDescriptor, declare, O_CLOEXEC } from './libc.ts';
import { readTermios } from './termios.ts';

const TIOCGPTPEER = 0x5441;
const FIONREAD = 0x541b;
const O_RDWR = 2;
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
/** What the line discipline holds unread: one byte less than N_TTY_BUF_SIZE (drivers/tty/n_tty.c). */
const LINE_DISCIPLINE_BYTES = 4095;

const openPeer = declare('int ioctl(int fd, uint64 request, int flags)');
const readCount = declare('int ioctl(int fd, uint64 request, _Out_ int *count)');

/**
 * Whether the line discipline has no room, so that whatever is typed, also ^C, waits unlooked at until a program
 * reads. By lines (ICANON) the kernel counts up to the last end of a line only, and what follows may be as long as
 * `longestLine`, the longest that was typed lately; a line that has not ended it takes however long. False for a
 * terminal that has ended.
 */
export function isInputFull(master: number, longestLine: number): boolean {
  const termios = readTermios(master);
  if (termios === undefined) return false;
  const unread = readUnread(master);
  if (!termios.isByLines) return unread >= LINE_DISCIPLINE_BYTES;
  return unread > 0 && unread + longestLine >= LINE_DISCIPLINE_BYTES;
}

/** Bytes that a program could read now; 0 when it cannot be asked. Only the other end of a terminal tells. */
function readUnread(master: number): number {
  const peer = openPeer(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (peer < 0) return 0;
  // Closed before this turn ends: nobody who waits for the end of the terminal sees it open for longer.
  try {
    const count = [0];
    return readCount(peer, FIONREAD, count) < 0 ? 0 : (count[0] ?? 0);
  } finally {
    closeDescriptor(peer);
  }
}
