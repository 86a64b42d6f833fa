// Interrupts what runs in a terminal by the descriptor of its master, past input that nobody reads (TIOCSIG of
// ioctl_tty(2), which only a master has). Knows no queue.
import { declare } from './libc.ts';
import { readTermios } from './termios.ts';

const TIOCSIG = 0x40045436;
const SIGINT = 2;

const signal = declare('int ioctl(int fd, uint64 request, int value)');

/**
 * SIGINT to the foreground process group, if ^C means that in this terminal now. False when it does not, or the
 * terminal has ended: then ^C is a byte like others.
 */
export function interruptForeground(master: number): boolean {
  if (readTermios(master)?.interruptsByControlC !== true) return false;
  return signal(master, TIOCSIG, SIGINT) === 0;
}
