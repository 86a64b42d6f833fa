// What a figure should be: at most, at least, of itself or of another figure of the same run. Knows no figure.

/** Looks the median of another measure up; undefined when it was not measured. */
export type MedianOf = (measure: string) => number | undefined;

export type Verdict = {
  text: string;
  /** Undefined when it cannot be said: the other figure is missing, or a reader is to judge. */
  reached?: boolean;
};

export type Target = (value: number, medianOf: MedianOf) => Verdict;

export function atMost(limit: number): Target {
  return (value) => ({ text: `<= ${limit}`, reached: value <= limit });
}

export function atLeast(limit: number): Target {
  return (value) => ({ text: `>= ${limit}`, reached: value >= limit });
}

/** At most so many times the median of `measure`, which people know as `peer`. */
export function atMostTimes(factor: number, peer: string, measure: string): Target {
  const text = `<= ${times(factor)}${peer}`;
  return (value, medianOf) => {
    const other = medianOf(measure);
    return other === undefined ? { text } : { text, reached: value <= factor * other };
  };
}

export function atLeastAsMuchAs(peer: string, measure: string): Target {
  return (value, medianOf) => {
    const text = `>= ${peer}`;
    const other = medianOf(measure);
    return other === undefined ? { text } : { text, reached: value >= other };
  };
}

/** Of more than one figure: printed as it is. */
export function readerJudges(text: string): Target {
  return () => ({ text });
}

function times(factor: number): string {
  return factor === 1 ? '' : `${factor}x `;
}
