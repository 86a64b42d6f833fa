// A gate that somebody opens and shuts: whoever comes while it is shut waits a while for it. Knows nothing of
// what is behind it.

export class Gate {
  readonly #waiting = new Set<(isOpen: boolean) => void>();
  #isOpen = false;

  open(): void {
    this.#isOpen = true;
    this.#tell(true);
  }

  shut(): void {
    this.#isOpen = false;
  }

  /** Sends away whoever waits. */
  close(): void {
    this.#isOpen = false;
    this.#tell(false);
  }

  /** Whether it is open, at the latest after `withinMs` milliseconds. */
  async pass(withinMs: number): Promise<boolean> {
    if (this.#isOpen) return true;
    return new Promise((resolve) => {
      const settle = (isOpen: boolean) => {
        this.#waiting.delete(settle);
        clearTimeout(patience);
        resolve(isOpen);
      };
      const patience = setTimeout(() => settle(false), withinMs);
      this.#waiting.add(settle);
    });
  }

  #tell(isOpen: boolean): void {
    for (const settle of this.#waiting) settle(isOpen);
  }
}
