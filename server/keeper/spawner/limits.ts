// How long what the spawner starts may take. Knows no process.

/** Seconds after which a process that has not become a program of a lab is ended; it takes about 0.01. */
export const ENDS_AFTER_S = 20;
