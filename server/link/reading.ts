// The reading of one terminal, which several may hold: it goes on when the last of them lets go. Knows no reason.

export type Reading = { pause(): void; resume(): void };

export class SharedReading {
  readonly #reading: Reading;
  #holders = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** For one who holds it at times. Saying so twice is saying it once. */
  share(): Reading {
    let isHeld = false;
    return {
      pause: () => {
        if (isHeld) return;
        isHeld = true;
        this.#holders += 1;
        if (this.#holders === 1) this.#reading.pause();
      },
      resume: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#holders -= 1;
        if (this.#holders === 0) this.#reading.resume();
      },
    };
  }
}
