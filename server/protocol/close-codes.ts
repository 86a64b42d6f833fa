// Every code link closes a WebSocket with, what it means, and whether the page should come back by itself.
// Codes 4000-4999 are for private use (RFC 6455 section 7.4.2).

export type CloseReason = {
  readonly code: number;
  readonly text: string;
  /** True when the page should reconnect by itself, with backoff. */
  readonly retry: boolean;
};

export const closeReasons = {
  goingAway: { code: 1001, text: 'the server is restarting', retry: true },
  unknownMessage: { code: 4400, text: 'a message does not fit the protocol', retry: false },
  grantInvalid: { code: 4401, text: 'the grant is missing, forged or malformed', retry: false },
  grantExpired: { code: 4402, text: 'the grant has expired: ask web for a new one', retry: true },
  notYours: { code: 4403, text: 'the grant is for another lab', retry: false },
  outOfOrder: { code: 4405, text: 'hello must be the first message, and only once', retry: false },
  helloTimeout: { code: 4408, text: 'no hello within ten seconds', retry: true },
  labGone: { code: 4410, text: 'the lab was destroyed', retry: false },
  tooLarge: { code: 4413, text: 'a message is larger than the protocol allows', retry: false },
  tooMany: { code: 4429, text: 'too many connections or messages', retry: true },
  wrongVersion: { code: 4426, text: 'the page speaks another protocol version: reload it', retry: false },
  keeperAway: { code: 4503, text: 'the lab host is not ready yet', retry: true },
} as const satisfies Record<string, CloseReason>;

export type CloseName = keyof typeof closeReasons;
