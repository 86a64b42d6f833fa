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
  /** 1002, 1007 and 1009 are RFC 6455's own and sent by the WebSocket library, with its own text. */
  brokenFrame: { code: 1002, text: 'a WebSocket frame is malformed', retry: false },
  notUtf8: { code: 1007, text: 'a text message is not UTF-8', retry: false },
  frameTooLarge: { code: 1009, text: 'a frame is larger than FRAME_BYTES', retry: false },
  failed: { code: 1011, text: 'link met an error of its own', retry: true },
  unknownMessage: { code: 4400, text: 'a message does not fit the protocol', retry: false },
  grantInvalid: { code: 4401, text: 'the grant is missing, forged or malformed', retry: false },
  grantExpired: { code: 4402, text: 'the grant has expired: ask web for a new one', retry: true },
  notYours: { code: 4403, text: 'the grant is for another lab', retry: false },
  outOfOrder: { code: 4405, text: 'hello must be the first message, and only once', retry: false },
  helloTimeout: { code: 4408, text: 'no hello within ten seconds', retry: true },
  labGone: { code: 4410, text: 'the lab was destroyed', retry: false },
  tooLarge: { code: 4413, text: 'a message is larger than the protocol allows', retry: false },
  tooMany: { code: 4429, text: 'too many connections or messages', retry: true },
  wrongVersion: {
    code: 4426,
    text: 'the page speaks another protocol version: reload it',
    retry: false,
  },
  labFailed: { code: 4500, text: 'the lab could not be made', retry: false },
  keeperAway: { code: 4503, text: 'the lab host is not ready yet', retry: true },
} as const satisfies Record<string, CloseReason>;
