// What web makes of an upgrade request. Knows no socket.
import type { IncomingMessage } from 'node:http';
import type { Handover } from '../../server/protocol/peer-messages.ts';

export function handoverOf(request: IncomingMessage, head: Buffer): Handover {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    type: 'handover',
    url: request.url ?? '/',
    headers,
    address: request.socket.remoteAddress ?? '',
    head: head.toString('base64'),
  };
}
