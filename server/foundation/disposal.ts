// Whoever opens something registers its closing on the same line; teardown is the reverse list.

export type Closing = () => void | Promise<void>;

export class DisposalStack {
  readonly #closings: { name: string; close: Closing }[] = [];

  /** Registers a closing. Names appear in the error when the closing fails. */
  add(name: string, close: Closing): void {
    this.#closings.push({ name, close });
  }

  /** Runs all closings, last first; goes on after a failure and throws them together at the end. */
  async dispose(): Promise<void> {
    const failures: Error[] = [];
    for (let next = this.#closings.pop(); next !== undefined; next = this.#closings.pop()) {
      try {
        await next.close();
      } catch (cause) {
        failures.push(new Error(`closing ${next.name} failed`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some closings failed');
  }
}
