// Reads a small JSON body, with its limits before parsing. Knows no schema.
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** The longest honest body is 50 bytes; 4 KiB leave room for later and bound what a flood can hold. */
export const BODY_BYTES = 4 * 1024;

/** The value of the body; an empty body is `{}`. Throws Refusal 400, 413 or 415. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal({
      status: 415,
      code: 'not-json',
      sentence: 'The request must have the content type application/json.',
    });
  }
  const text = (await readBytes(request)).toString('utf8');
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal({ status: 400, code: 'bad-json', sentence: 'The request body is no JSON.' });
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<unknown>) {
    const bytes = bytesOf(chunk);
    length += bytes.length;
    if (length > BODY_BYTES) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Node types what a request yields as `any`; without an encoding set they are buffers. */
function bytesOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new Error('a request yielded no bytes');
}

/** The rest of the body is not read, so the connection can't be used again. */
function tooLarge(): Refusal {
  return new Refusal({
    status: 413,
    code: 'body-too-large',
    sentence: `The request body is longer than ${BODY_BYTES} bytes.`,
    headers: { connection: 'close' },
  });
}
