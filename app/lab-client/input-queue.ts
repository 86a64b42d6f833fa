// Typed bytes of one terminal, in pieces, kept until link has taken them and sent again after a reconnect.
// Offsets count this page's bytes to this terminal. Knows no socket.
import { INPUT_FRAME_BYTES, INPUT_QUEUE_BYTES } from '../../server/protocol/flow-control.ts';

type Piece = { offset: number; data: Uint8Array };

export function createInputQueue(send: (offset: number, data: Uint8Array) => void) {
  let pieces: Piece[] = [];
  let end = 0;
  let open = false;
  /** What link has said it wrote, and what was sent and may have been: both in its count. */
  let acknowledged = 0;
  let sent = 0;
  /** What link has said it took: it may have more to write than it had time for. */
  let taken = 0;

  function acknowledge(offset: number): void {
    acknowledged = Math.max(acknowledged, offset);
    pieces = pieces.filter((piece) => piece.offset + piece.data.byteLength > offset);
  }

  /** Link counts otherwise than we do (it was started anew): its count is the one that holds. */
  function rebase(offset: number): void {
    const first = pieces[0]?.offset;
    if (first !== undefined && first <= offset) return;
    end = offset;
    acknowledged = offset;
    sent = offset;
    pieces = pieces.map(({ data }) => {
      const piece = { offset: end, data };
      end += data.byteLength;
      return piece;
    });
  }

  function sendPiece({ offset, data }: Piece): void {
    sent = offset + data.byteLength;
    send(offset, data);
  }

  return {
    /** False when so much waits already that nothing of `data` was taken. */
    push(data: Uint8Array): boolean {
      const waiting = end - (pieces[0]?.offset ?? end);
      if (waiting + data.byteLength > INPUT_QUEUE_BYTES) return false;
      for (let at = 0; at < data.byteLength; at += INPUT_FRAME_BYTES) {
        const piece = { offset: end, data: data.slice(at, at + INPUT_FRAME_BYTES) };
        pieces.push(piece);
        end += piece.data.byteLength;
        if (open) sendPiece(piece);
      }
      return true;
    },
    acknowledge,
    /** Link has taken everything before `offset`: the rest goes again. `uncertain` when link has forgotten
     * what it took, so that something may be typed twice; or does not know what it typed from `doubtful` on, which is
     * `offset` when it knows nothing of this page. */
    resumeFrom(offset: number, doubtful = Infinity): 'certain' | 'uncertain' {
      const hasSent = (pieces[0]?.offset ?? sent) < sent;
      const isForgotten =
        hasSent && (offset < Math.max(acknowledged, taken) || doubtful === offset);
      const isUncertain = isForgotten || pieces.some((piece) => isWithin(piece, doubtful, offset));
      taken = offset;
      // Of what nobody knows link types nothing again.
      if (doubtful < offset) acknowledge(offset);
      rebase(offset);
      open = true;
      // What link has taken it may not have written yet, and forgets if it ends: only an input-ack lets go of it.
      for (const piece of pieces) {
        const known = Math.max(0, offset - piece.offset);
        if (known >= piece.data.byteLength) continue;
        sendPiece({ offset: piece.offset + known, data: piece.data.subarray(known) });
      }
      return isUncertain ? 'uncertain' : 'certain';
    },
    pause(): void {
      open = false;
    },
    clear(): void {
      pieces = [];
      open = false;
    },
    /** The shell has ended, and link took what is before `tookUpTo`, or what was sent: whether there was more. */
    giveUp(tookUpTo = sent): boolean {
      const hasMore = end > tookUpTo && pieces.length > 0;
      pieces = [];
      return hasMore;
    },
    hasLeft: (): boolean => pieces.length > 0,
  };
}

/** Whether some of a piece lies between two offsets. */
function isWithin({ offset, data }: Piece, from: number, to: number): boolean {
  return offset < to && offset + data.byteLength > from && from < to;
}
