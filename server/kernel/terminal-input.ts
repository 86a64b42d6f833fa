// What the kernel holds of what was typed into a terminal, asked by the descriptor of its master (ioctl_tty(2)). Knows
// no queue.
import { closeDescriptor, declare, O_CLOEXEC } from './libc.ts';
import { readTermios } from './termios.ts';

const TIOCGPTPEER = 0x5441;
const FIONREAD = 0x541b;
const O_RDWR = 2;
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
/** What the line discipline holds unread: one byte less than N_TTY_BUF_SIZE (drivers/tty/n_tty.c). */
export const LINE_DISCIPLINE_BYTES = 4095;

const openPeer = declare('int ioctl(int fd, uint64 request, int flags)');
const readCount = declare('int ioctl(int fd, uint64 request, _Out_ int *count)');

export type HeldInput = {
  /** A program reads whole lines (ICANON): the bytes of one that has not ended are held too, and are not counted. */
  isByLines: boolean;
  /** Bytes that a program could read now. */
  readable: number;
};

/** Undefined for a terminal that has ended. */
export function readHeldInput(master: number): HeldInput | undefined {
  const termios = readTermios(master);
  return termios && { isByLines: termios.isByLines, readable: readReadable(master) };
}

/** 0 when it cannot be asked. Only the other end of a terminal tells. */
function readReadable(master: number): number {
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
