// The table of web's own routes and how a request finds its row; everything else goes to the pages.
// Knows no handler.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Visitor } from './front-door.ts';
import { Refusal } from './refusal.ts';

export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  visitor: Visitor;
  /** Path and query of the request; its origin means nothing. */
  url: URL;
};

export type Handler = (exchange: Exchange) => void | Promise<void>;

export type Route = { method: 'GET' | 'POST'; path: string; handle: Handler };

/** The path that every row of the API begins with: nothing below it is a page. */
const API = '/api/';

/** The handler of the row, or undefined when this is a page's business. Throws Refusal 404 or 405. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): Handler | undefined {
  const rows = routes.filter((route) => route.path === path);
  if (rows.length === 0) {
    if (path.startsWith(API)) throw noSuchRoute();
    return undefined;
  }
  const row = rows.find((route) => route.method === (method === 'HEAD' ? 'GET' : method));
  if (row === undefined) throw wrongMethod(rows.map((route) => route.method));
  return row.handle;
}

/** Pages are read, never written: there are no forms that post to them. */
export function assertPageMethod(method: string): void {
  if (method !== 'GET' && method !== 'HEAD') throw wrongMethod(['GET', 'HEAD']);
}

/** Undefined for a request target that is no path (`*`, a whole URL of another kind). */
export function parseTarget(target: string): URL | undefined {
  if (!target.startsWith('/')) return undefined;
  return URL.parse(`http://coulisse.invalid${target}`) ?? undefined;
}

function noSuchRoute(): Refusal {
  return new Refusal({
    status: 404,
    code: 'no-such-route',
    sentence: 'The API has no such path.',
  });
}

function wrongMethod(allowed: readonly string[]): Refusal {
  return new Refusal({
    status: 405,
    code: 'wrong-method',
    sentence: `This path takes only ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}
