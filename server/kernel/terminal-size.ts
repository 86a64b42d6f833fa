// Size of a terminal by the descriptor of its master (ioctl_tty(2), TIOCSWINSZ). Knows no PTY's owner.
import { checked, declare } from './libc.ts';

const TIOCSWINSZ = 0x5414;
const ioctl = declare('int ioctl(int fd, uint64 request, void *value)');

/** Sets the size; the kernel sends SIGWINCH to the foreground process group. */
export function setTerminalSize(master: number, size: { cols: number; rows: number }): void {
  const winsize = Buffer.alloc(8);
  winsize.writeUInt16LE(size.rows, 0);
  winsize.writeUInt16LE(size.cols, 2);
  checked(ioctl(master, TIOCSWINSZ, winsize), 'ioctl(TIOCSWINSZ)', `${size.cols}x${size.rows}`);
}
