// What the expression that is evaluated now may still cost, in list elements gone through. Expressions are evaluated
// one after another and never wait, so that one meter does for all. Knows no CEL.

/** Two nested loops over a lab with its limit of 512 processes fit (262,144), three do not. The worst case takes some
 * 100 ms. */
const BUDGET = 300_000;

let left = 0;

/** Before each expression: what one spends is not taken from the next. */
export function refill(): void {
  left = BUDGET;
}

/** Throws when the expression has asked for more than BUDGET. */
export function spend(elements: number): void {
  left -= elements + 1;
  if (left < 0) throw new Error(`the expression reads more than ${BUDGET} list elements`);
}

/** CEL goes on after an error in one element of a list: what comes out then is worth nothing. */
export function isOverdrawn(): boolean {
  return left < 0;
}
