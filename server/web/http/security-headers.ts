// The headers that every answer carries. Knows no route.
import type { ServerResponse } from 'node:http';
import type { Visitor } from './front-door.ts';

/**
 * `unsafe-inline` is there because Next starts its static pages by inline scripts, and xterm sets styles;
 * nonces would make every page dynamic. `wasm-unsafe-eval` lets the player of recordings compile its own
 * WebAssembly, and evaluates no JavaScript (CSP level 3, section 4.4). What is shown comes from the course's files, not from visitors.
 */
export function contentSecurityPolicy(visitor: Visitor | undefined): string {
  // `self` covers WebSockets only in newer browsers, so the address is written out too.
  const socket = visitor === undefined ? '' : ` ${visitor.secure ? 'wss' : 'ws'}://${visitor.host}`;
  return [
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self'${socket}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function setSecurityHeaders(response: ServerResponse, visitor: Visitor | undefined): void {
  response.setHeader('content-security-policy', contentSecurityPolicy(visitor));
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader(
    'permissions-policy',
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=(self), clipboard-write=(self)',
  );
}
