// What one browser may ask of link, and how long link waits: each limit with its unit and reason. The marks
// of the terminal stream are in protocol/flow-control.ts.

/** Pages of one lab at once: a learner's few tabs, an instructor, a class that watches. */
export const SESSIONS_PER_LAB = 64;

/** WebSockets in all, and of these such that have not said hello: each costs a socket and 20 KB. */
export const SESSIONS = 8_000;
export const SESSIONS_BEFORE_HELLO = 1_000;

/** Messages and frames a second in the long run, and at once. A page that parses 60 MB/s acknowledges 1,900
 * times a second; a 10 MB paste on loopback is 320 frames at once. */
export const MESSAGES_PER_SECOND = 4_000;
export const MESSAGES_AT_ONCE = 8_000;

/** Messages kept between hello and welcome, so that a page needs no round trip before its first open. */
export const HELD_MESSAGES = 32;

/** Terminals that have ended and whose output can still be read, per lab: a megabyte of ring each. */
export const ENDED_TERMINALS = 4;

/** And so many more of which a page that is attached has not been sent all. */
export const ENDED_UNREAD = 4;

/** What the terminals of a lab may print at once, as seconds of their rate: a long file is shown as fast as it can
 * be. The shortest pause in milliseconds once they have printed more, so that a flood wakes link 250 times a second
 * at most. And the bytes that each may print meanwhile: a screen. */
export const TERMINALS_AT_ONCE_S = 2;
export const TERMINALS_PAUSE_MS = 4;
export const TERMINAL_FREE_BYTES = 4096;

/** A terminal is in a flood when so much came of it by one read, of the 4 KiB that a PTY gives at most, within so many
 * milliseconds. It waits for the echo of a key elsewhere in its lab so long at most, and is then read for as long at
 * least. */
export const FLOOD_CHUNK_BYTES = 2048;
export const FLOOD_WITHIN_MS = 50;
export const KEY_WAIT_MS = 5;
export const KEY_REST_MS = 5;

/** Beside somebody who typed within so many milliseconds, a flood is read in steps of so many bytes, and not at all for a
 * millisecond after each: 16 MB/s, which is as much as a page draws and a third of what takes both processors. */
export const TYPES_FOR_MS = 1_000;
export const FLOOD_STEP_BYTES = 24 * 1024;
export const FLOOD_STEP_MS = 1;

/** Recordings of one lab: of the terminals that are there and of a few that are not. */
export const RECORDINGS_PER_LAB = 4;

/** Clients whose input offsets are remembered per terminal; each reload of a page is a new client. So many fit
 * into one page of memory beside the terminal's own numbers. */
export const CLIENTS_PER_TERMINAL = 60;

/** Milliseconds and bytes between input-acks, whichever is first: they only let a page forget what it might have to
 * send again. Several keys share one: at 50 ms each key of 200 who type cost a second message, 3 % of a core,
 * and a second apart they still took 1 %. */
export const INPUT_ACK_EVERY_MS = 5_000;
export const INPUT_ACK_EVERY_BYTES = 64 * 1024;

/** Milliseconds after which the kernel has moved what was written into its line discipline, so that it can tell what a
 * program has not read: its worker does so at once, and later when both processors are busy. */
export const INPUT_SETTLED_MS = 100;

/** Bytes of answers that wait for a page; with more, it is cut at its next message. Output and the x-ray stop well
 * below by themselves (SOCKET_HIGH_MARK_BYTES): what is beyond was asked for by a page that does not read. */
export const UNREAD_BYTES = 16 * 1024 * 1024;

/** First and longest pause in milliseconds before a write to a full terminal is tried again. node-pty's
 * setImmediate costs 65 % of a core while the reader is stalled. */
export const WRITE_RETRY_MS = 1;
export const WRITE_RETRY_MAX_MS = 16;

/** Milliseconds for which output is awaited after the shell ended while something it left behind keeps the
 * terminal open, and for which the exit status is awaited after the terminal closed. */
export const TAIL_WITHIN_MS = 250;
export const EXIT_STATUS_WITHIN_MS = 1_500;

/** Observations: after activity in a terminal, at least apart, and while nothing happens (milliseconds): with
 * a check to be earned, and without one, when only what lives and ends is to be known for a later step: then four times as
 * long each time while nothing is done.
 * 120 ms is longer than a command takes to settle and shorter than a glance at the check list. */
export const OBSERVE_AFTER_MS = 120;
export const OBSERVE_APART_MS = 250;
export const OBSERVE_SLOWLY_MS = 1_000;
export const OBSERVE_SELDOM_MS = 5_000;
export const OBSERVE_SELDOM_MAX_MS = 80_000;

/** Bytes of output that may be no more than the echo of a key or a line of input drawn anew, for which nobody looks: 200
 * who type would have it looked at 800 times a second. A line that is sent has it looked at, and what it prints. */
export const ECHO_BYTES = 128;

/** Milliseconds between two `lifetime` messages that only say that the idle clock moved. */
export const LIFETIME_EVERY_MS = 15_000;

/** Milliseconds between attempts to reach keeper: the first, and the longest. */
export const KEEPER_RETRY_MS = 200;
export const KEEPER_RETRY_MAX_MS = 2_000;

/** Milliseconds for which a hello and the opening of a terminal wait for a keeper that is away. One that is started again is
 * back within two seconds; a person waits ten for a terminal, and no longer. */
export const KEEPER_BACK_WITHIN_MS = 10_000;

/** Milliseconds keeper may take to answer. The longest is a lab on a machine where all start at once. */
export const KEEPER_ANSWER_WITHIN_MS = 60_000;

/** Milliseconds after which the waiting line asks again though no lab went: disk may have become free. */
export const LINE_RETRY_MS = 3_000;

/** The screen that is kept of a terminal follows its stream once it is so many bytes behind (a terminal that never
 * printed as much costs nothing), in steps of so many: what stays between it and the end is text to scroll back to. */
export const SCREEN_BEHIND_BYTES = 640 * 1024;
export const SCREEN_STEP_BYTES = 512 * 1024;

/** Lines kept above the screen. What is printed after it was taken brings its own. */
export const SCREEN_LINES = 200;

/** So much of a run of plain text, from its end, makes the screen whatever was before, if its lines are not longer than
 * a kilobyte. In a longer run nothing else is read, twice a second so that it outlives link. */
export const SCREEN_TAIL_BYTES = 256 * 1024;
export const SCREEN_KEPT_WITHIN_MS = 500;

/** So far behind, the ring is about to write over what the screen has not seen: the terminal is not read on for at
 * most SCREEN_PATIENCE_MS. A step takes 15 ms in a flood of control sequences, and others may be before
 * it; then the flood goes on, and the screen is said to be inexact. */
export const SCREEN_BRAKE_BYTES = 832 * 1024;
export const SCREEN_PATIENCE_MS = 1_000;

/** Milliseconds that the screen process may take to start, once, and to answer: then it is ended. */
export const SCREEN_STARTS_WITHIN_MS = 3_000;
export const SCREEN_ANSWER_WITHIN_MS = 2_000;
