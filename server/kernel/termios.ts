// How a terminal treats what is typed, by the descriptor of its master (termios(3), TCGETS of ioctl_tty(2)).
import { declare } from './libc.ts';

const TCGETS = 0x5401;
/** struct termios of the kernel: four flag words, the line discipline, then the control characters. */
const TERMIOS_BYTES = 60;
const LOCAL_FLAGS_AT = 12;
const CHARACTERS_AT = 17;
const ISIG = 1;
const ICANON = 2;
const VINTR = 0;
const CONTROL_C = 3;

const ioctl = declare('int ioctl(int fd, uint64 request, _Out_ uint8_t *value)');

export type Termios = {
  /** ^C means SIGINT (ISIG, VINTR). */
  interruptsByControlC: boolean;
  /** A program reads whole lines (ICANON). */
  isByLines: boolean;
};

/** Undefined for a terminal that has ended. */
export function readTermios(master: number): Termios | undefined {
  const termios = Buffer.alloc(TERMIOS_BYTES);
  if (ioctl(master, TCGETS, termios) < 0) return undefined;
  const flags = termios.readUInt32LE(LOCAL_FLAGS_AT);
  return {
    interruptsByControlC: (flags & ISIG) !== 0 && termios[CHARACTERS_AT + VINTR] === CONTROL_C,
    isByLines: (flags & ICANON) !== 0,
  };
}
