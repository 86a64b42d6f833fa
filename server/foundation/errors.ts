// The one error class for failures that a person can act on. Knows no process and no protocol.

export type ExplainedErrorOptions = {
  /** Stable word for programs: `port-in-use`, `disk-full`, … */
  code: string;
  /** What was wrong, in one sentence. */
  sentence: string;
  /** What to do about it, in one sentence. */
  remedy?: string;
  cause?: unknown;
};

/** An error whose message is meant for the person in front of it: what was wrong and what to do. */
export class ExplainedError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(options: ExplainedErrorOptions) {
    super(
      options.remedy === undefined ? options.sentence : `${options.sentence} ${options.remedy}`,
      {
        cause: options.cause,
      },
    );
    this.name = 'ExplainedError';
    this.code = options.code;
    this.remedy = options.remedy;
  }
}

/** The message of whatever was thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
