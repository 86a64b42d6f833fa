// How much a lab may read and write a second where suites drive it into that. Knows no lab.

export const MIB_PER_S = 16;
export const PER_S = 200;
/** The kernel lets a little more through at the start of a slice: never half as much again. */
export const SLACK = 1.5;
