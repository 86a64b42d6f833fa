// What wetty and its page say to each other: events of socket.io 4 as JSON in text frames of engine.io 4
// (socket.io/docs/v4/socket-io-protocol, engine-io-protocol). Knows no socket and no terminal.
import { z } from 'zod';

/** First characters of a frame: a packet of engine.io, and in a message one of socket.io. */
const OPEN = '0';
const PING = '2';
const CONNECT = '40';
const EVENT = '42';

export const PONG = '3';
/** Asks for the namespace that everything happens in. */
export const CONNECTION = CONNECT;

/** Of the events a terminal's client needs one. */
const outputSchema = z.tuple([z.literal('data'), z.string()]);

export type Packet =
  | { type: 'open' | 'ping' | 'connected' | 'other' }
  /** What the terminal printed, as text. */
  | { type: 'output'; text: string };

export function readPacket(frame: string): Packet {
  if (frame.startsWith(EVENT)) {
    const event = outputSchema.safeParse(JSON.parse(frame.slice(EVENT.length)));
    return event.success ? { type: 'output', text: event.data[1] } : { type: 'other' };
  }
  if (frame.startsWith(CONNECT)) return { type: 'connected' };
  if (frame.startsWith(OPEN)) return { type: 'open' };
  return { type: frame === PING ? 'ping' : 'other' };
}

export function inputPacket(text: string): string {
  return eventPacket('input', text);
}

export function resizePacket(size: { cols: number; rows: number }): string {
  return eventPacket('resize', size);
}

/** That the page has parsed so many characters more. */
export function commitPacket(characters: number): string {
  return eventPacket('commit', characters);
}

function eventPacket(name: string, argument: unknown): string {
  return `${EVENT}${JSON.stringify([name, argument])}`;
}
