// Typed bytes of one terminal, in pieces, kept until link has taken them and sent again after a reconnect.
// Offsets count this page's bytes to this terminal. Knows no socket.
import { INPUT_FRAME_BYTES, INPUT_QUEUE_BYTES } from '../../server/protocol/flow-control.ts';

export function createInputQueue(send: (offset: number, data: Uint8Array) => void) {
  let pieces: { offset: number; data: Uint8Array }[] = [];
  let end = 0;
  let open = false;

  function acknowledge(offset: number): void {
    pieces = pieces.filter((piece) => piece.offset + piece.data.byteLength > offset);
  }

  /** Link counts otherwise than we do (it was started anew): its count is the one that holds. */
  function rebase(offset: number): void {
    const first = pieces[0]?.offset;
    if (first !== undefined && first <= offset) return;
    end = offset;
    pieces = pieces.map(({ data }) => {
      const piece = { offset: end, data };
      end += data.byteLength;
      return piece;
    });
  }

  return {
    push(data: Uint8Array): void {
      const waiting = end - (pieces[0]?.offset ?? end);
      if (waiting + data.byteLength > INPUT_QUEUE_BYTES) return;
      for (let at = 0; at < data.byteLength; at += INPUT_FRAME_BYTES) {
        const piece = { offset: end, data: data.slice(at, at + INPUT_FRAME_BYTES) };
        pieces.push(piece);
        end += piece.data.byteLength;
        if (open) send(piece.offset, piece.data);
      }
    },
    acknowledge,
    /** Link has taken everything before `offset`: the rest goes again. */
    resumeFrom(offset: number): void {
      acknowledge(offset);
      rebase(offset);
      open = true;
      for (const piece of pieces) {
        const taken = Math.max(0, offset - piece.offset);
        send(piece.offset + taken, piece.data.subarray(taken));
      }
    },
    pause(): void {
      open = false;
    },
    clear(): void {
      pieces = [];
      open = false;
    },
    hasLeft: (): boolean => pieces.length > 0,
  };
}
