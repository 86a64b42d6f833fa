// What is told to a person when something is missing: one sentence with its remedy. Knows no case.

/** A condition that is not met; anything else that is thrown is a bug and keeps its stack. */
export class Unmet extends Error {
  /** @param {string} sentence @param {number} exitCode */
  constructor(sentence, exitCode = 1) {
    super(sentence);
    this.name = 'Unmet';
    this.exitCode = exitCode;
  }
}
