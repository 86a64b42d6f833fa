// How much of a snapshot may be what a learner wrote: names, arguments and paths. link takes no longer line
// from keeper, so one lab that fills it must not cost the others their link. Knows no snapshot.

/** JSON writes a control character with six. */
const MOST_PER_CHARACTER = 6;

export class Allowance {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** The first of them that fit, each of which takes so much for itself and as its texts may need. */
  takeFirst<T>(items: readonly T[], each: number, textsOf: (item: T) => readonly string[]): T[] {
    const end = items.findIndex((item) => {
      const characters = textsOf(item).reduce((sum, { length }) => sum + length, 0);
      this.#left -= each + characters * MOST_PER_CHARACTER;
      return this.#left < 0;
    });
    return end < 0 ? [...items] : items.slice(0, end);
  }
}
