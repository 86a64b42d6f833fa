// What the page may know of a check: its texts in the reader's language, not the expression that judges.

export type CheckView = {
  id: string;
  goal: string;
  /** The sentence of what was seen, with {name} for each parameter. */
  seen: string;
};
