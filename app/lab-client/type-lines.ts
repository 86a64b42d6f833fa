// Types lines into a terminal as a person would: the next one once the shell has asked for it, so that the
// screen reads as if it was done by hand. Knows no lab and no button.
import { endsInPrompt, TAIL_BYTES } from './prompt.ts';
import type { TerminalStream } from './terminal-stream.ts';

type Typed = Pick<TerminalStream, 'hasSpoken' | 'onOutput'> & { type(data: Uint8Array): unknown };

/** A program that shows no prompt is typed to as well, but later. */
const PATIENCE_MS = 3_000;
/** A prompt followed by silence is one; in the middle of output it only looks so. */
const QUIET_MS = 40;

/** Settles when the output ends in a prompt, or patience does. Listens from now on. */
function whenPrompted(stream: Typed): Promise<void> {
  return new Promise((resolve) => {
    const decoder = new TextDecoder();
    let tail = '';
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const unlisten = stream.onOutput((data) => {
      tail = (tail + decoder.decode(data.subarray(-TAIL_BYTES))).slice(-TAIL_BYTES);
      clearTimeout(quiet);
      if (endsInPrompt(tail)) quiet = setTimeout(finish, QUIET_MS);
    });
    const patience = setTimeout(finish, PATIENCE_MS);
    function finish(): void {
      clearTimeout(quiet);
      clearTimeout(patience);
      unlisten();
      resolve();
    }
  });
}

export async function typeLines(stream: Typed, lines: readonly string[]): Promise<void> {
  const encoder = new TextEncoder();
  if (!stream.hasSpoken()) await whenPrompted(stream);
  for (const [index, line] of lines.entries()) {
    const prompted = index < lines.length - 1 ? whenPrompted(stream) : undefined;
    stream.type(encoder.encode(`${line}\r`));
    await prompted;
  }
}
