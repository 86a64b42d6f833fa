// Reads what a page sent, with limits before parsing. Knows the protocol, no state of a session.
import { z } from 'zod';
import {
  clientMessageSchema,
  PROTOCOL_VERSION,
  type ClientMessage,
} from '../protocol/browser-messages.ts';
import { closeReasons, type CloseReason } from '../protocol/close-codes.ts';
import { INPUT_FRAME_BYTES, MESSAGE_BYTES } from '../protocol/flow-control.ts';
import { decodeFrame, FRAME_HEAD_BYTES, type Frame } from '../protocol/frames.ts';

/** A hello of another version may have other keys: only the version of it is read. */
const helloVersionSchema = z.looseObject({ type: z.literal('hello'), version: z.int() });

export type Reading<Value> = { value: Value } | { fatal: CloseReason };

/** Reads a text message of at most MESSAGE_BYTES. */
export function readMessage(bytes: Uint8Array): Reading<ClientMessage> {
  if (bytes.length > MESSAGE_BYTES) return { fatal: closeReasons.tooLarge };
  const json = parseJson(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
  );
  const hello = helloVersionSchema.safeParse(json);
  if (hello.success && hello.data.version !== PROTOCOL_VERSION) {
    return { fatal: closeReasons.wrongVersion };
  }
  const message = clientMessageSchema.safeParse(json);
  return message.success ? { value: message.data } : { fatal: closeReasons.unknownMessage };
}

/** Reads a binary frame, which must be input of at most INPUT_FRAME_BYTES. */
export function readInput(bytes: Uint8Array): Reading<Frame> {
  if (bytes.length > FRAME_HEAD_BYTES + INPUT_FRAME_BYTES) return { fatal: closeReasons.tooLarge };
  const frame = decodeFrame(bytes);
  if (frame === undefined || frame.kind !== 'input') return { fatal: closeReasons.unknownMessage };
  return { value: frame };
}

/** Undefined for what is no JSON, which no schema takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
