// Flow control and resume: every mark of the terminal stream, with its unit and its reason, in one place.
// Output is credited by what the page has *parsed*, as a cumulative byte offset, so a lost or repeated
// acknowledgement heals itself and the same number is the cursor of a resume.

/** Bytes a watcher may have unacknowledged before link stops sending to it. When even the fastest learner
 * who reads along is that far behind, link stops reading the terminal too, so that a living page misses
 * nothing; a page that is away or stalled (STALLED_AFTER_MS) holds up no program: output goes on into the
 * ring. At 20 MB/s of parsing, 256 KiB is 13 ms of ^C latency;
 * at 50 ms of round trip it still allows 5 MB/s. */
export const OUTPUT_HIGH_MARK_BYTES = 256 * 1024;

/** Sending goes on when the unacknowledged bytes fall below this. */
export const OUTPUT_LOW_MARK_BYTES = 64 * 1024;

/** The page acknowledges after each such piece. Must be at most the low mark, or credit never returns. */
export const ACK_EVERY_BYTES = 32 * 1024;

/** Milliseconds after which smaller output is acknowledged too: no credit waits for it, and a key's echo should cost no
 * message of its own. */
export const ACK_WITHIN_MS = 5_000;

/** A watcher at its high mark that acknowledges nothing for so long counts as away. Longer than a page's
 * worst pause for garbage or a Wi-Fi hiccup, short enough that a build goes on when a laptop is closed. */
export const STALLED_AFTER_MS = 3_000;

/** Output kept for a resume, per terminal. 5,000 lines of 80 columns are 400 KB. */
export const RING_BYTES = 1024 * 1024;

/** Longest text of a screen that is sent in place of bytes that the ring has forgotten: 200 lines of 120 columns in
 * many colours. */
export const SCREEN_BYTES = 256 * 1024;

/** Bytes of one terminal put into frames per turn of the event loop: one flood cannot hold the loop. */
export const TURN_BYTES = 64 * 1024;

/** A terminal that was sent so much within JOIN_WITHIN_MS is in a flood: its frames are filled to this size from
 * there on, or sent after that time. A frame costs link a system call and the page a message, whatever is in it,
 * and a PTY gives 4 KiB at a time; what a person waits for (an echo, a redrawn screen) is shorter than the first
 * of these marks and never waits. */
export const JOIN_BYTES = 16 * 1024;
export const JOIN_WITHIN_MS = 1;

/** Second guard: a socket with more than this in `bufferedAmount` gets nothing new. */
export const SOCKET_HIGH_MARK_BYTES = 1024 * 1024;

/** Typed bytes accepted ahead of a stalled reader, per terminal: a 10 MB paste and some more. */
export const INPUT_QUEUE_BYTES = 16 * 1024 * 1024;

/** How often it may change among them whose they are, and between ^C and other input: each change is kept apart, at 64
 * bytes of memory. Nobody types so many by turns before a reader that is stalled. */
export const INPUT_TURNS = 4_096;

/** After ^S, silence of so many milliseconds tells that output has stopped; what was on its way when it was typed comes
 * within the second time, and what comes later was not stopped. */
export const STOP_QUIET_MS = 400;
export const STOP_ON_ITS_WAY_MS = 2_000;

/** Bytes of one input frame. The page cuts a paste into pieces of this size. */
export const INPUT_FRAME_BYTES = 32 * 1024;

/** Largest text message of a page. The longest one is `hello` with its grant. */
export const MESSAGE_BYTES = 16 * 1024;

/** Largest frame of any kind that link lets `ws` read (ws allows 100 MiB unless told). */
export const FRAME_BYTES = 64 * 1024;

/** Milliseconds between pings of link; proxies cut connections that are silent for 60 s. */
export const PING_EVERY_MS = 25_000;

/** Milliseconds a connection may take to say hello. */
export const HELLO_WITHIN_MS = 10_000;
