// UTF-8 that comes in pieces, passed on so that no piece ends within a character. xterm.js (6.0) joins cut characters
// itself, but loses those that are cut after a byte 0x80, as each typographic quote may be. Knows no terminal.

/** Bytes of the longest character. */
const LONGEST = 4;

export function createWholeCharacters() {
  let held = new Uint8Array();
  return {
    /** The bytes that came before and are not passed on yet, then these, up to the last whole character. */
    take(data: Uint8Array): Uint8Array {
      let joined = data;
      if (held.length > 0) {
        joined = new Uint8Array(held.length + data.length);
        joined.set(held);
        joined.set(data, held.length);
      }
      const end = endOfWhole(joined);
      held = joined.slice(end);
      return joined.subarray(0, end);
    },
    /** What comes next has nothing to do with what came before. */
    clear(): void {
      held = new Uint8Array();
    },
  };
}

/** Where a character begins that is not complete; what is no UTF-8 is as complete as it will be. */
function endOfWhole(bytes: Uint8Array): number {
  const first = Math.max(0, bytes.length - LONGEST + 1);
  for (let at = bytes.length - 1; at >= first; at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return at + lengthOf(byte) > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function lengthOf(lead: number): number {
  if (lead >= 0xf8) return 1;
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
