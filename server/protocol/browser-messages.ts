// The messages between a page and link, as text frames of JSON; terminal bytes travel in frames.ts.
// Strict: an unknown key or type is a fatal error (close code 4400). Knows no socket.
import { z } from 'zod';
import { homeStateSchema } from './home.ts';
import {
  checkIdSchema,
  clientIdSchema,
  labIdSchema,
  stepRefSchema,
  terminalIdSchema,
  terminalSizeSchema,
} from './ids.ts';
import { reasonSchema } from './reasons.ts';
import { xrayMessageSchema } from './xray.ts';

/** Raised by one whenever either side must change together. */
export const PROTOCOL_VERSION = 6;

const offsetSchema = z.int().min(0);
/** Number the page gives a request, repeated in its answer. */
const requestSchema = z.int().min(0).max(0xffffffff);

/** Number of a helper who asks for the keyboard of a lab. */
const helperSchema = z.int().min(1);

export const clientMessageSchema = z.discriminatedUnion('type', [
  /** First message, within HELLO_WITHIN_MS. `lab` must be the grant's. Creates the lab if there is none. */
  z.strictObject({
    type: z.literal('hello'),
    version: z.int(),
    grant: z.string().max(4096),
    lab: labIdSchema,
    client: clientIdSchema,
  }),
  /** Opens a terminal: a login shell of `student` on a new PTY. Answer: opened, or error. */
  z.strictObject({ type: z.literal('open'), request: requestSchema, size: terminalSizeSchema }),
  /** Wants a terminal's output from byte `offset` on. Answer: attached, then output frames. */
  z.strictObject({
    type: z.literal('attach'),
    request: requestSchema,
    terminal: terminalIdSchema,
    offset: offsetSchema,
    size: terminalSizeSchema,
  }),
  z.strictObject({
    type: z.literal('resize'),
    terminal: terminalIdSchema,
    size: terminalSizeSchema,
  }),
  /** All output before `offset` has been parsed by the page. */
  z.strictObject({ type: z.literal('ack'), terminal: terminalIdSchema, offset: offsetSchema }),
  /** Hangs up a terminal: its shell gets SIGHUP. Answer: exit. */
  z.strictObject({ type: z.literal('close'), terminal: terminalIdSchema }),
  /** The step the learner reads: its checks are judged from now on. Answer: checks. */
  z.strictObject({ type: z.literal('step'), step: stepRefSchema }),
  /** Judge now, not at the next observation. Answer: checks. */
  z.strictObject({ type: z.literal('check-now') }),
  /** The learner's answer to a quiz of the current step. Answer: quiz-result. */
  z.strictObject({ type: z.literal('answer'), quiz: checkIdSchema, value: z.string().max(200) }),
  /** Whether this page shows what the kernel says of the lab, and whether network namespaces are part of it. Answer:
   * xray, whole, then its changes. */
  z.strictObject({ type: z.literal('xray'), on: z.boolean(), networks: z.boolean() }),
  /** The learner wants the lab kept: the idle clock starts again. Answer: lifetime. */
  z.strictObject({ type: z.literal('keep') }),
  /**
   * Destroys the lab and makes a fresh one. Answer: closed with labGone, then connect again. `home`: whether the fresh
   * one gets the files of this one, or (as without it) starts with an empty home.
   */
  z.strictObject({ type: z.literal('reset'), home: z.enum(['keep', 'empty']).optional() }),
  /** Records what a terminal shows from now on, in place of an earlier recording of it; or stops. Answer:
   * recording, or error. */
  z.strictObject({ type: z.literal('record'), terminal: terminalIdSchema, on: z.boolean() }),
  /** Wants a recording from byte `offset` on. Answer: recording-part, or error. */
  z.strictObject({
    type: z.literal('read-recording'),
    terminal: terminalIdSchema,
    offset: offsetSchema,
  }),
  /** A helper asks for the keyboard. The learner's pages are told by keyboard-asked. */
  z.strictObject({ type: z.literal('ask-keyboard') }),
  /** The learner lends the keyboard to a helper who asked. Answer: keyboard, to all pages. */
  z.strictObject({ type: z.literal('lend-keyboard'), helper: helperSchema }),
  /** The keyboard is the learner's again: said by the learner, who so declines those who ask too, or by the helper,
   * who so asks no more. Answer: keyboard, to all pages. */
  z.strictObject({ type: z.literal('return-keyboard') }),
  /** Answered by pong with the same number. */
  z.strictObject({ type: z.literal('ping'), request: requestSchema }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

const lifetimeSchema = z.strictObject({
  /** Milliseconds since the epoch at which the lab is destroyed if nobody comes back or asks to keep it. */
  endsAt: z.number(),
  /** Which clock that is: nobody is here, or the lab's whole age. `keep` moves only the first. */
  reason: z.enum(['idle', 'age']),
  /** The server's clock now, so that the page can count down by its own. */
  now: z.number(),
});
export type Lifetime = z.infer<typeof lifetimeSchema>;

const terminalStateSchema = z.strictObject({
  terminal: terminalIdSchema,
  size: terminalSizeSchema,
  /** Oldest byte that the ring still has, and the end of the stream so far. */
  oldest: offsetSchema,
  end: offsetSchema,
  /** Set when the shell has ended. */
  exited: z.boolean(),
});
export type TerminalState = z.infer<typeof terminalStateSchema>;

const screenSchema = z.strictObject({
  /** Of the terminal that the text is for. */
  size: terminalSizeSchema,
  /** Printed on a terminal that was just reset, it draws the screen and sets the terminal's modes. */
  text: z.string(),
  /** False when bytes may be missing that had drawn it. */
  isExact: z.boolean(),
});

/** asked: by the learner · full: as long as it may be · exited: the shell ended · failed: it could not be
 * written · restarted: link was started again, and it had ended or could not go on. */
const recordingEndSchema = z.enum(['asked', 'full', 'exited', 'failed', 'restarted']);
export type RecordingEnd = z.infer<typeof recordingEndSchema>;

const recordingSchema = z.strictObject({
  terminal: terminalIdSchema,
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Length of the asciicast so far. */
  bytes: offsetSchema,
  /** Null while it goes on. */
  ended: recordingEndSchema.nullable(),
});
export type Recording = z.infer<typeof recordingSchema>;

/** Values seen by a check, put into its sentence by the page in the reader's language. */
export const seenParametersSchema = z.record(z.string(), z.string().max(200));
export type SeenParameters = z.infer<typeof seenParametersSchema>;

const checkStateSchema = z.strictObject({
  check: checkIdSchema,
  /** Latched: once true it stays true, unless it follows. */
  earned: z.boolean(),
  /** Earned only while it holds. */
  follows: z.boolean(),
  /** Whether the condition holds at this observation. */
  holds: z.boolean(),
  /** Present when earned by something seen in this lab. */
  seen: seenParametersSchema.optional(),
});
export type CheckState = z.infer<typeof checkStateSchema>;

export const errorCodeSchema = z.enum([
  /** The lab has as many terminals as it may have. */
  'too-many-terminals',
  /** There is no such terminal in this lab. */
  'no-such-terminal',
  /** This role may not do that. */
  'read-only',
  /** The course, chapter, step or quiz does not exist, or in another version. */
  'no-such-step',
  'no-such-quiz',
  /** More typed bytes are waiting for a stalled reader than INPUT_QUEUE_BYTES, or in more turns than INPUT_TURNS. */
  'input-full',
  /** An input frame starts beyond the bytes taken so far: something between is missing. `attach` again. */
  'input-gap',
  /** There is no recording of that terminal, or it is shorter. */
  'no-such-recording',
  /** Recording is turned off, or could not begin; the sentence says why. */
  'not-recorded',
  /** keeper refused or failed; the sentence says why. */
  'lab-failed',
]);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

export const serverMessageSchema = z.discriminatedUnion('type', [
  /** The lab is there. Sent once, after hello (and after any number of queued). */
  z.strictObject({
    type: z.literal('welcome'),
    version: z.int(),
    lab: labIdSchema,
    role: z.enum(['learner', 'watcher', 'helper']),
    terminals: z.array(terminalStateSchema),
    lifetime: lifetimeSchema,
    /** True when this hello made the lab. */
    created: z.boolean(),
    /** When it was made, milliseconds since the epoch: a lab made afresh has the name of the one before, and its
     * terminals the same numbers, but not this. */
    createdAt: z.number(),
    /** What last became of the learner's files; null when nothing was brought back and nothing is kept yet. */
    home: homeStateSchema.nullable(),
  }),
  /** No free slot: `before` learners are ahead. Sent again at each change; welcome follows by itself. */
  z.strictObject({
    type: z.literal('queued'),
    before: z.int().min(0),
    /** Which limit is reached. */
    reason: z.enum(['labs', 'address', 'disk']),
  }),
  z.strictObject({
    type: z.literal('opened'),
    request: requestSchema,
    terminal: terminalIdSchema,
    size: terminalSizeSchema,
  }),
  /** Output follows from byte `from` on. `gap`: bytes before `from` are gone for this page. */
  z.strictObject({
    type: z.literal('attached'),
    /** Of the `attach` that it answers; missing when the page was left behind and did not ask. */
    request: requestSchema.optional(),
    terminal: terminalIdSchema,
    from: offsetSchema,
    /** End of the stream at this moment: replies of the page's terminal to queries before it are replays. */
    end: offsetSchema,
    gap: z.boolean(),
    /** With a gap: what the terminal looked like at `from`, where link knows it. */
    screen: screenSchema.optional(),
    /** Set when link was killed while it read this terminal: the chunk that it was moving, at most 64 KiB before
     * this offset of the stream, may be missing. */
    torn: offsetSchema.optional(),
    /** Input bytes of this client that link has taken so far. */
    inputOffset: offsetSchema,
    /** Set when link was killed while it wrote this client's input: from here up to the `inputOffset` that it had
     * then, nobody knows what was typed. */
    uncertainFrom: offsetSchema.optional(),
    size: terminalSizeSchema,
  }),
  /** Input bytes of this client written to the terminal so far; later ones may be sent again. */
  z.strictObject({
    type: z.literal('input-ack'),
    terminal: terminalIdSchema,
    offset: offsetSchema,
  }),
  /** Another page of this lab changed the size, or opened or attached a terminal. */
  z.strictObject({
    type: z.literal('resized'),
    terminal: terminalIdSchema,
    size: terminalSizeSchema,
  }),
  /** Of ^S and ^Q, which was last typed into a terminal by another page; `end` is the end of its output then. */
  z.strictObject({
    type: z.literal('flow'),
    terminal: terminalIdSchema,
    stop: z.boolean(),
    end: offsetSchema,
  }),
  z.strictObject({ type: z.literal('terminal-added'), state: terminalStateSchema }),
  /** The shell ended and all its output was sent (up to `end`). code or signal as in wait(2), null if unknown. */
  z.strictObject({
    type: z.literal('exit'),
    terminal: terminalIdSchema,
    code: z.int().nullable(),
    signal: z.int().nullable(),
    end: offsetSchema,
  }),
  /** All checks of the current step, after `step`, `check-now` and each change. */
  z.strictObject({
    type: z.literal('checks'),
    step: stepRefSchema,
    checks: z.array(checkStateSchema),
    /** Ids of the hints whose condition holds at this observation. */
    hints: z.array(checkIdSchema),
    /** For each check that is not earned and does not hold: the first part of it that is false. */
    reasons: z.array(reasonSchema),
  }),
  z.strictObject({
    type: z.literal('quiz-result'),
    step: stepRefSchema,
    quiz: checkIdSchema,
    right: z.boolean(),
  }),
  z.strictObject({ type: z.literal('lifetime'), lifetime: lifetimeSchema }),
  /** To the learner: a helper asks for the keyboard, and may be lent it by this number. */
  z.strictObject({ type: z.literal('keyboard-asked'), helper: helperSchema }),
  /** Who types in this lab from now on, and whether that is this page. After welcome only when it is lent. */
  z.strictObject({
    type: z.literal('keyboard'),
    holder: z.enum(['learner', 'helper']),
    yours: z.boolean(),
  }),
  /** The learner's files were kept for the next lab, or could not be. Sent when that changes. */
  z.strictObject({ type: z.literal('home'), home: homeStateSchema }),
  /** A recording began, ended, or is there: after welcome for each, and at each change. */
  z.strictObject({ type: z.literal('recording'), recording: recordingSchema }),
  /** There is no recording of this terminal any more: that of another has its place. */
  z.strictObject({ type: z.literal('recording-gone'), terminal: terminalIdSchema }),
  /** Text of a recording (asciicast v2) between two bytes of it, whole characters. `end`: its length now. */
  z.strictObject({
    type: z.literal('recording-part'),
    terminal: terminalIdSchema,
    offset: offsetSchema,
    text: z.string(),
    next: offsetSchema,
    end: offsetSchema,
  }),
  /** What the lab looks like now, as a difference from the message of this type before. */
  xrayMessageSchema,
  /** A request was refused; the session goes on. `sentence` is for a developer, the page has its own. */
  z.strictObject({
    type: z.literal('error'),
    code: errorCodeSchema,
    sentence: z.string(),
    request: requestSchema.optional(),
    terminal: terminalIdSchema.optional(),
  }),
  z.strictObject({ type: z.literal('pong'), request: requestSchema }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
