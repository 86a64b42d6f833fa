// Writes answers and refusals: JSON for the API, plain text elsewhere. Knows no route.
import type { ServerResponse } from 'node:http';
import type { ApiError } from '../../protocol/web-api.ts';
import type { Refusal } from './refusal.ts';

/** Answers are about one learner or one moment: nothing between may keep them. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, { status, type: 'application/json; charset=utf-8', text: JSON.stringify(value) });
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, { status, type: 'text/plain; charset=utf-8', text: `${text}\n` });
}

/** Does nothing but cut the connection when the answer has begun already. */
export function sendRefusal(response: ServerResponse, refusal: Refusal, asJson: boolean): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  if (!asJson) {
    sendText(response, refusal.status, refusal.message);
    return;
  }
  const answer: ApiError = { error: { code: refusal.code, sentence: refusal.message } };
  sendJson(response, refusal.status, answer);
}

function send(
  response: ServerResponse,
  { status, type, text }: { status: number; type: string; text: string },
): void {
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.setHeader('content-length', Buffer.byteLength(text));
  if (!response.hasHeader('cache-control')) response.setHeader('cache-control', 'no-store');
  response.end(text);
}
