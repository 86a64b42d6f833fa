// Interrupts what runs in a terminal by the descriptor of its master, past input that nobody reads (TIOCSIG of
// ioctl_tty(2), which only a master has). Knows no queue.
import { declare } from './libc.ts';

const TCGETS = 0x5401;
const TIOCSIG = 0x40045436;
const SIGINT = 2;
/** struct termios of the kernel: four flag words, the line discipline, then the control characters. */
const TERMIOS_BYTES = 60;
const LOCAL_FLAGS_AT = 12;
const CHARACTERS_AT = 17;
const ISIG = 1;
const VINTR = 0;
const CONTROL_C = 3;

const readTermios = declare('int ioctl(int fd, uint64 request, _Out_ uint8_t *value)');
const signal = declare('int ioctl(int fd, uint64 request, int value)');

/**
 * SIGINT to the foreground process group, if ^C means that in this terminal now (termios(3): ISIG, VINTR). False
 * when it does not, or the terminal has ended: then ^C is a byte like others.
 */
export function interruptForeground(master: number): boolean {
  const termios = Buffer.alloc(TERMIOS_BYTES);
  if (readTermios(master, TCGETS, termios) < 0) return false;
  const isSignal = (termios.readUInt32LE(LOCAL_FLAGS_AT) & ISIG) !== 0;
  if (!isSignal || termios[CHARACTERS_AT + VINTR] !== CONTROL_C) return false;
  return signal(master, TIOCSIG, SIGINT) === 0;
}
