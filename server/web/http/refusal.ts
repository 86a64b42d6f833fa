// The one error class of the HTTP side: a status, a stable code and one sentence. Knows no response.

export type RefusalOptions = {
  status: number;
  /** Stable word for programs, as in apiErrorSchema. */
  code: string;
  /** What was wrong and what to do, in one sentence. */
  sentence: string;
  headers?: Record<string, string>;
};

/** Thrown by a handler to refuse a request; the router turns it into an answer. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(options: RefusalOptions) {
    super(options.sentence);
    this.name = 'Refusal';
    this.status = options.status;
    this.code = options.code;
    this.headers = options.headers ?? {};
  }
}

/** Too many requests from one address; `seconds` until the next is let in. */
export function tooMany(seconds: number): Refusal {
  return new Refusal({
    status: 429,
    code: 'too-many-requests',
    sentence: `Too many requests came from your address: try again in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  });
}
