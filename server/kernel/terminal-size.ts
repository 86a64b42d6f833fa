// Size of a terminal by the descriptor of its master (ioctl_tty(2), TIOCGWINSZ and TIOCSWINSZ). Knows no PTY's owner.
import { checked, declare } from './libc.ts';

const TIOCGWINSZ = 0x5413;
const TIOCSWINSZ = 0x5414;
const ioctl = declare('int ioctl(int fd, uint64 request, void *value)');

/** Sets the size; the kernel sends SIGWINCH to the foreground process group. */
export function setTerminalSize(master: number, size: { cols: number; rows: number }): void {
  const winsize = Buffer.alloc(8);
  winsize.writeUInt16LE(size.rows, 0);
  winsize.writeUInt16LE(size.cols, 2);
  checked(ioctl(master, TIOCSWINSZ, winsize), 'ioctl(TIOCSWINSZ)', `${size.cols}x${size.rows}`);
}

export function getTerminalSize(master: number): { cols: number; rows: number } {
  const winsize = Buffer.alloc(8);
  checked(ioctl(master, TIOCGWINSZ, winsize), 'ioctl(TIOCGWINSZ)', String(master));
  return { rows: winsize.readUInt16LE(0), cols: winsize.readUInt16LE(2) };
}
