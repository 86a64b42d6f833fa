// Messages as one JSON value a line over a stream socket, with a limit before parsing. Knows no schema.
import type { Socket } from 'node:net';

/** A snapshot of a full lab is the largest message: about 1,024 processes of 2 KB. */
export const LINE_BYTES = 4 * 1024 * 1024;

export type LineHandler = (value: unknown) => void;

/** Calls `onValue` for each line; destroys the socket on a line that is too long or no JSON. */
export function readJsonLines(socket: Socket, onValue: LineHandler): void {
  let pieces: Buffer[] = [];
  let pending = 0;
  socket.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      const line = Buffer.concat(pieces);
      pieces = [];
      pending = 0;
      start = end + 1;
      let value: unknown;
      try {
        value = JSON.parse(line.toString('utf8'));
      } catch (cause) {
        socket.destroy(new Error('a line is no JSON', { cause }));
        return;
      }
      onValue(value);
    }
    if (start < chunk.length) {
      pieces.push(chunk.subarray(start));
      pending += chunk.length - start;
      if (pending > LINE_BYTES)
        socket.destroy(new Error(`a line is longer than ${LINE_BYTES} bytes`));
    }
  });
}

/** Writes one value as a line. Returns false when the socket is gone. */
export function writeJsonLine(socket: Socket, value: unknown): boolean {
  if (socket.destroyed) return false;
  socket.write(`${JSON.stringify(value)}\n`);
  return true;
}
