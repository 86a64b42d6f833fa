// Which bytes of a flood of plain text an emulator need not read to look right: what has scrolled away above all that
// it keeps. Knows no emulator.

const ESCAPE = 0x1b;
/** The C1 controls begin with it in UTF-8, and end below the other. */
const C1_LEAD = 0xc2;
const C1_LIMIT = 0xa0;
/** Shifts of the character set. */
const shifts = [0x0e, 0x0f];
/** Shorter runs are quicker read than looked at. */
const WORTH_BYTES = 32 * 1024;

const lineEnd = Buffer.from('\r\n');

/** A part of what was printed; one that is scrolled away leaves nothing behind where the whole screen scrolls. */
export type Part = { bytes: Uint8Array; isScrolledAway: boolean };

/**
 * The parts of `bytes`, in order. `lines`: as many as an emulator keeps, screen and scrollback together. Before and
 * after a part that is scrolled away there are that many whole lines in the same run of plain text, so that nothing on
 * the screen is older than the run, and the cursor is in the first column where it is cut.
 */
export function partFlood(bytes: Buffer, lines: number): Part[] {
  const parts: Part[] = [];
  let kept = 0;
  for (let at = 0; at < bytes.length;) {
    const next = bytes.indexOf(ESCAPE, at + 1);
    const end = next === -1 ? bytes.length : next;
    const cut = end - at < WORTH_BYTES ? undefined : middleOf(bytes.subarray(at, end), lines);
    if (cut !== undefined) {
      parts.push({ bytes: bytes.subarray(kept, at + cut.from), isScrolledAway: false });
      parts.push({ bytes: bytes.subarray(at + cut.from, at + cut.to), isScrolledAway: true });
      kept = at + cut.to;
    }
    at = end;
  }
  parts.push({ bytes: bytes.subarray(kept), isScrolledAway: false });
  return parts;
}

/** Whether bytes may change more than the text on their lines. */
export function hasControls(bytes: Uint8Array): boolean {
  return bytes.includes(ESCAPE) || hasShifts(bytes);
}

/**
 * The place after the first line end in `bytes`, if enough lines of plain text follow for nothing from before to be
 * left on a screen with that many; undefined else.
 */
export function findFreshLine(bytes: Buffer, lines: number): number | undefined {
  const first = bytes.indexOf(lineEnd);
  if (first === -1) return undefined;
  const escape = bytes.indexOf(ESCAPE);
  const run = bytes.subarray(first + lineEnd.length, escape === -1 ? bytes.length : escape);
  let at = 0;
  for (let line = 0; line <= lines; line += 1) {
    const next = run.indexOf(lineEnd, at);
    if (next === -1) return undefined;
    at = next + lineEnd.length;
  }
  return hasShifts(run.subarray(0, at)) ? undefined : first + lineEnd.length;
}

function hasShifts(bytes: Uint8Array): boolean {
  if (shifts.some((shift) => bytes.includes(shift))) return true;
  for (let at = bytes.indexOf(C1_LEAD); at !== -1; at = bytes.indexOf(C1_LEAD, at + 1)) {
    // At the end it is not known: a chunk may be cut there.
    if ((bytes[at + 1] ?? 0) < C1_LIMIT) return true;
  }
  return false;
}

function middleOf(run: Buffer, lines: number): { from: number; to: number } | undefined {
  if (hasShifts(run)) return undefined;
  let from = 0;
  for (let line = 0; line < lines; line += 1) {
    const at = run.indexOf(lineEnd, from);
    if (at === -1) return undefined;
    from = at + lineEnd.length;
  }
  let to = run.length;
  // The last line may go on: one end of a line more.
  for (let line = 0; line <= lines; line += 1) {
    to = run.lastIndexOf(lineEnd, to - 1);
    if (to <= from) return undefined;
  }
  return { from, to: to + lineEnd.length };
}
