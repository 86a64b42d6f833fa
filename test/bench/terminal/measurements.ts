// The measurements of one terminal server, the same for each. Knows no server.
import { setTimeout as sleep } from 'node:timers/promises';
import { pssMiB, rssMiB } from '../memory.ts';
import {
  CLEAR_LINE,
  echo,
  flood,
  KEYS_A_LINE,
  runToMark,
  runToPrompt,
  type Line,
  type Peer,
} from './line.ts';

/** A fast typist's keys are further apart; the server must be idle again before the next. */
const KEY_EVERY_MS = 10;
const INTERRUPT = '\x03';
const CAT_BYTES = 64 * 1024 ** 2;
const STALL_MS = 3000;
const LOOK_EVERY_MS = 50;
/** A flood runs so long before something is measured beside it. */
const FLOOD_FIRST_MS = 500;
/** Bytes a second that the model of xterm.js parses. */
export const XTERM_RATE = 20_000_000;

/** Milliseconds of each key until its echo. */
export async function measureEcho(line: Line, keys: number): Promise<number[]> {
  const samples: number[] = [];
  for (let typed = 1; typed <= keys; typed += 1) {
    await sleep(KEY_EVERY_MS);
    samples.push(await echo(line, 'x'));
    if (typed % KEYS_A_LINE === 0) await clearLine(line);
  }
  await clearLine(line);
  return samples;
}

/** Types without pauses, and measures nothing. */
export async function warmUp(line: Line, keys: number): Promise<void> {
  for (let typed = 1; typed <= keys; typed += 1) {
    await echo(line, 'x');
    if (typed % KEYS_A_LINE === 0) await clearLine(line);
  }
  await clearLine(line);
}

/** The same while another terminal of the same server floods a client that parses at once. */
export async function measureEchoInFlood(
  line: Line,
  flooded: Line,
  keys: number,
): Promise<number[]> {
  await flood(flooded, FLOOD_FIRST_MS);
  const samples = await measureEcho(line, keys);
  await runToPrompt(flooded, INTERRUPT);
  return samples;
}

export async function writeCatFile(line: Line, scratch: string): Promise<void> {
  const text = '0123456789'.repeat(8).slice(1);
  await runToMark(
    line,
    `yes ${text} | head -c ${CAT_BYTES} > ${scratch}/bench-cat; echo writ''ten\n`,
    'written',
  );
}

/** Megabytes a second of `cat`, carriage returns not counted. */
export async function measureCat(line: Line, scratch: string): Promise<number> {
  const took = await runToMark(line, `cat ${scratch}/bench-cat; echo ca''tted\n`, 'catted');
  return CAT_BYTES / 1e6 / (took / 1000);
}

/** Milliseconds from ^C in a flood until the prompt is parsed. The line's client parses at a rate. */
export async function measureInterrupt(line: Line): Promise<number> {
  await flood(line, 2 * FLOOD_FIRST_MS);
  return runToPrompt(line, INTERRUPT);
}

/** MiB by which the server grows while a client that floods itself stalls. */
export async function measureStall(peer: Peer, serverPid: number): Promise<number> {
  const line = await peer.open();
  // Buffers and code that any flood brings are no growth by the stall.
  await flood(line, FLOOD_FIRST_MS);
  await runToPrompt(line, INTERRUPT);
  await sleep(FLOOD_FIRST_MS);
  const before = rssMiB(serverPid);
  await flood(line, LOOK_EVERY_MS);
  line.stall();
  let most = before;
  const end = performance.now() + STALL_MS;
  while (performance.now() < end) {
    await sleep(LOOK_EVERY_MS);
    most = Math.max(most, rssMiB(serverPid));
  }
  line.close();
  return most - before;
}

/** MiB of the server for each of `terminals` more that do nothing. */
export async function measureIdle(
  peer: Peer,
  serverPid: number,
  terminals: number,
): Promise<number> {
  const lines: Line[] = [await peer.open()];
  await sleep(FLOOD_FIRST_MS);
  const before = pssMiB(serverPid);
  for (let opened = 1; opened < terminals; opened += 1) lines.push(await peer.open());
  await sleep(FLOOD_FIRST_MS);
  const growth = pssMiB(serverPid) - before;
  for (const line of lines) line.close();
  return growth / (terminals - 1);
}

function clearLine(line: Line): Promise<number> {
  // What is typed next appears only after the line is cleared; its own echo ends the waiting.
  line.type(CLEAR_LINE);
  return runToPrompt(line, '\n');
}
