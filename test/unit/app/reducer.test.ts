// The page's state machine: connection, terminals, checks.
import { expect, it } from 'vitest';
import type { LabState } from '../../../app/lab-client/lab-state.ts';
import { initialLabState } from '../../../app/lab-client/lab-state.ts';
import type { LabEvent } from '../../../app/lab-client/reducer.ts';
import { reduceLab } from '../../../app/lab-client/reducer.ts';
import type { Recording, ServerMessage } from '../../../server/protocol/browser-messages.ts';
import { closeReasons } from '../../../server/protocol/close-codes.ts';

const size = { cols: 80, rows: 24 };
const step = { course: 'c', version: 1, chapter: 'ch', step: 'st' };
const lab = 'a'.repeat(16);

function after(events: LabEvent[], from: LabState = initialLabState): LabState {
  return events.reduce(reduceLab, from);
}

function message(content: ServerMessage): LabEvent {
  return { type: 'message', message: content, now: 1_000 };
}

type Welcome = Extract<ServerMessage, { type: 'welcome' }>;
/** Labs made so far. */
let made = 0;

function welcome(
  created: boolean,
  terminals: number[] = [],
  {
    home = null,
    createdAt = created ? ++made : made,
  }: Partial<Pick<Welcome, 'home' | 'createdAt'>> = {},
): LabEvent {
  return message({
    type: 'welcome',
    version: 1,
    lab,
    role: 'learner',
    created,
    createdAt,
    home,
    terminals: terminals.map((terminal) => ({ terminal, size, oldest: 0, end: 0, exited: false })),
    lifetime: { endsAt: 900_000, reason: 'idle', now: 600_000 },
  });
}

const lost = (closeCode?: number): LabEvent =>
  closeCode === undefined
    ? { type: 'lost', retryAt: 5_000 }
    : { type: 'lost', retryAt: 5_000, closeCode };

const start: LabEvent = { type: 'start' };

it('goes from Start through the queue to a live lab', () => {
  expect(after([start]).connection).toEqual({ phase: 'connecting', attempt: 0 });
  const queued = after([start, message({ type: 'queued', before: 2, reason: 'labs' })]);
  expect(queued.connection).toEqual({ phase: 'queued', before: 2, reason: 'labs' });
  expect(after([welcome(true)], queued).connection.phase).toBe('live');
});

it('counts the life of the lab by the clock of the page', () => {
  expect(after([start, welcome(true)]).lifetime).toEqual({ endsAt: 301_000, reason: 'idle' });
});

it('comes back by itself for every close code that the table lets retry, and for 1006', () => {
  const live = after([start, welcome(true)]);
  for (const reason of Object.values(closeReasons)) {
    const { phase } = after([lost(reason.code)], live).connection;
    expect([reason.text, phase]).toEqual([reason.text, reason.retry ? 'waiting' : 'stopped']);
  }
  expect(after([lost(1006)], live).connection.phase).toBe('waiting');
});

it('counts the attempts until one succeeds', () => {
  const third = after([start, lost(), start, lost(), start, lost()]);
  expect(third.connection).toEqual({ phase: 'waiting', attempt: 3, retryAt: 5_000 });
  const again = after([start, welcome(false), lost(1006)], third);
  expect(again.connection).toMatchObject({ phase: 'waiting', attempt: 1 });
});

it('keeps the terminals on the screen while the connection is away', () => {
  const away = after([start, welcome(true, [3]), lost(1006)]);
  expect(away.slots[1]).toEqual({ state: 'open', terminal: 3 });
});

it('says why when it does not come back', () => {
  const live = after([start, welcome(true)]);
  const why = (code: number) => after([lost(code)], live).connection;
  expect(why(4410)).toEqual({ phase: 'stopped', why: 'lab-gone' });
  expect(why(4426)).toEqual({ phase: 'stopped', why: 'other-version' });
  expect(why(4403)).toEqual({ phase: 'stopped', why: 'refused' });
  expect(why(4400)).toEqual({ phase: 'stopped', why: 'protocol' });
});

it('connects again at once after a reset, with what was earned and no terminals', () => {
  const earned = message({
    type: 'checks',
    step,
    checks: [{ check: 'k', earned: true, follows: false, holds: true, seen: { pid: '7' } }],
    hints: [],
    reasons: [],
  });
  const state = after([start, welcome(true, [1]), earned, { type: 'resetting' }, lost(4410)]);
  expect(state.connection).toEqual({ phase: 'connecting', attempt: 0 });
  expect(state.slots[1]).toEqual({ state: 'empty' });
  expect(state.earned).toEqual({ 'ch/st/k': { pid: '7' } });
});

it('tells a lab that came in the place of another: same numbers, other terminals', () => {
  const first = after([start, welcome(true, [1])]);
  const same = after([lost(1006), start, welcome(false, [1])], first);
  expect([same.epoch, same.notice]).toEqual([first.epoch, undefined]);
  const other = after([lost(1006), start, welcome(true)], first);
  expect([other.epoch, other.notice]).toEqual([first.epoch + 1, 'renewed']);
});

it('[P6] tells a lab that was made afresh by another page: what it kept of the one before is gone', () => {
  const first = after([start, welcome(true, [1], { createdAt: 5 })]);
  const exit = message({ type: 'exit', terminal: 1, code: 0, signal: null, end: 10 });
  const other = after([exit, lost(1006), start, welcome(false, [1], { createdAt: 6 })], first);
  expect([other.epoch, other.notice]).toEqual([first.epoch + 1, 'renewed']);
  expect(other.slots[1]).toEqual({ state: 'open', terminal: 1 });
  expect(after([lost(1006), start, welcome(false, [1], { createdAt: 6 })], other).epoch).toBe(
    other.epoch,
  );
});

it('opens a terminal in the place that asked for it', () => {
  const asked = after([start, welcome(true), { type: 'opening', slot: 2, request: 5 }]);
  const opened = after([message({ type: 'opened', request: 5, terminal: 9, size })], asked);
  expect(opened.slots).toEqual({ 1: { state: 'empty' }, 2: { state: 'open', terminal: 9 } });
});

it('frees the place and says why when a terminal is refused', () => {
  const refused = after([
    start,
    welcome(true),
    { type: 'opening', slot: 2, request: 5 },
    message({ type: 'error', code: 'too-many-terminals', sentence: '', request: 5 }),
  ]);
  expect(refused.slots[2]).toEqual({ state: 'empty' });
  expect(refused.notice).toBe('too-many-terminals');
  expect(after([{ type: 'dismissed' }], refused).notice).toBeUndefined();
  const opened = message({ type: 'opened', request: 6, terminal: 9, size });
  const again = after([{ type: 'opening', slot: 2, request: 6 }, opened], refused);
  expect([again.slots[2], again.notice]).toEqual([{ state: 'open', terminal: 9 }, undefined]);
});

it('a place that is closed while its terminal is on its way, or the page away, stays closed', () => {
  const close: LabEvent = { type: 'slot-cleared', slot: 2 };
  const asked = after([start, welcome(true, [1]), { type: 'opening', slot: 2, request: 5 }, close]);
  const opened = after([message({ type: 'opened', request: 5, terminal: 9, size })], asked);
  expect([opened.slots[2], opened.closing.terminals]).toEqual([{ state: 'empty' }, [9]]);
  const away = after([start, welcome(true, [1, 2]), lost(1006), close]);
  const back = after([start, welcome(false, [1, 2])], away);
  expect([back.slots[2], back.closing.terminals]).toEqual([{ state: 'empty' }, [2]]);
  expect(after([welcome(true, [1, 2])], back).slots[2]).toEqual({ state: 'open', terminal: 2 });
});

it('keeps an ended shell in its place until another takes it', () => {
  const ended = after([
    start,
    welcome(true, [4]),
    message({ type: 'exit', terminal: 4, code: 0, signal: null, end: 10 }),
  ]);
  expect(ended.slots[1]).toEqual({ state: 'ended', terminal: 4, code: 0, signal: null });
});

it('latches what was earned, whatever comes later, unless it follows', () => {
  const judged = (earned: boolean, holds: boolean, follows = false) =>
    message({
      type: 'checks',
      step,
      checks: [{ check: 'k', earned, follows, holds }],
      hints: [],
      reasons: [],
    });
  const progress: LabEvent = {
    type: 'progress',
    answer: {
      course: 'c',
      version: 1,
      earned: [{ chapter: 'ch', step: 'st', check: 'k', seen: { pid: '42' }, at: 1 }],
    },
  };
  const state = after([progress, judged(true, false), judged(false, false)]);
  expect(state.earned['ch/st/k']).toEqual({ pid: '42' });
  expect(state.judged?.checks['k']?.holds).toBe(false);
  const followed = after([progress, judged(true, true, true), judged(false, false, true)]);
  expect(followed.earned).toEqual({});
});

it('keeps the newer sentence when earlier progress arrives late', () => {
  const live = message({
    type: 'checks',
    step,
    checks: [{ check: 'k', earned: true, follows: false, holds: true, seen: { pid: '2' } }],
    hints: [],
    reasons: [],
  });
  const answer = {
    course: 'c',
    version: 1,
    earned: [{ chapter: 'ch', step: 'st', check: 'k', seen: { pid: '1' }, at: 1 }],
  };
  expect(after([live, { type: 'progress', answer }]).earned['ch/st/k']).toEqual({ pid: '2' });
});

it('earns a question by a right answer only, and forgets answers with the step', () => {
  const answered = (right: boolean) => message({ type: 'quiz-result', step, quiz: 'q', right });
  const wrong = after([answered(false)]);
  expect([wrong.quizzes['q'], wrong.earned]).toEqual(['wrong', {}]);
  const right = after([answered(true)], wrong);
  expect([right.quizzes['q'], right.earned]).toEqual(['right', { 'ch/st/q': {} }]);
  const next = after(
    [message({ type: 'checks', step: { ...step, step: 'b' }, checks: [], hints: [], reasons: [] })],
    right,
  );
  expect(next.quizzes).toEqual({});
});

it('mends a gap of input without a word', () => {
  const error = message({ type: 'error', code: 'input-gap', sentence: '', terminal: 1 });
  expect(after([start, welcome(true, [1]), error]).notice).toBeUndefined();
});

it('knows the size of each terminal, shown or not', () => {
  const other = { cols: 120, rows: 40 };
  const state = after([
    start,
    welcome(true, [1]),
    { type: 'opening', slot: 2, request: 5 },
    message({ type: 'opened', request: 5, terminal: 2, size: other }),
  ]);
  expect(state.sizes).toEqual({ 1: size, 2: other });
});

it('follows the size that another page has set until this one claims its own', () => {
  const other = { cols: 120, rows: 40 };
  const followed = after([
    welcome(true, [1]),
    message({ type: 'resized', terminal: 1, size: other }),
  ]);
  expect(followed.sizedElsewhere).toEqual({ 1: other });
  expect(after([{ type: 'sized-here', terminal: 1 }], followed).sizedElsewhere).toEqual({});
  // Also through a cut, in the size that it has by then; another lab is nobody's yet.
  const back = after([lost(1006), start, welcome(false, [1])], followed);
  expect(back.sizedElsewhere).toEqual({ 1: size });
  expect(after([lost(1006), start, welcome(true, [1])], followed).sizedElsewhere).toEqual({});
});

it('takes the size over that a terminal is attached with', () => {
  const other = { cols: 120, rows: 40 };
  const attached = { terminal: 1, from: 0, end: 0, gap: false, inputOffset: 0, size: other };
  const state = after([welcome(true, [1]), message({ type: 'attached', ...attached })]);
  expect([state.sizes, state.sizedElsewhere]).toEqual([{ 1: other }, {}]);
});

it('says why it waits, where that is known', () => {
  const live = after([start, welcome(true)]);
  const why = (event: LabEvent) => {
    const { connection } = after([event], live);
    return connection.phase === 'waiting' ? connection.why : connection.phase;
  };
  expect(why(lost(1006))).toBeUndefined();
  expect(why(lost(closeReasons.goingAway.code))).toBe('restart');
  expect(why(lost(closeReasons.keeperAway.code))).toBe('not-ready');
  expect(why({ type: 'lost', retryAt: 5_000, unreachable: true })).toBe('unreachable');
});

it('marks a gap until it was seen, and forgets it with the lab', () => {
  const attached = (terminal: number, gap: boolean) =>
    message({ type: 'attached', terminal, from: 9, end: 9, gap, inputOffset: 0, size });
  const marked = after([start, welcome(true), attached(1, true), attached(2, false)]);
  expect(marked.gaps).toEqual({ 1: true });
  expect(after([welcome(false)], marked).gaps).toEqual({ 1: true });
  expect(after([{ type: 'gap-seen', terminal: 1 }], marked).gaps).toEqual({});
  expect(after([welcome(true)], marked).gaps).toEqual({});
});

it('says once that a recording ended of itself, and nothing when it was asked to', () => {
  const recording = (ended: Recording['ended']) =>
    message({ type: 'recording', recording: { terminal: 1, startedAt: 5, bytes: 9, ended } });
  const running = after([start, welcome(true), recording(null)]);
  expect(running.recordings[1]?.ended).toBeNull();
  expect(running.notice).toBeUndefined();
  const full = after([recording('full')], running);
  expect(full.notice).toBe('recording-full');
  expect(after([{ type: 'dismissed' }, recording('full')], full).notice).toBeUndefined();
  expect(after([recording('asked')], running).notice).toBeUndefined();
  expect(after([recording('restarted')], initialLabState).notice).toBeUndefined();
});

it('takes a recording off its list that has given way to another', () => {
  const recording = (terminal: number) =>
    message({ type: 'recording', recording: { terminal, startedAt: 5, bytes: 9, ended: 'asked' } });
  const both = after([start, welcome(true), recording(1), recording(2)]);
  const gone = after([message({ type: 'recording-gone', terminal: 1 })], both);
  expect(Object.keys(gone.recordings)).toEqual(['2']);
  expect(gone.notice).toBeUndefined();
});

it('says that a recording did not outlive a cut, if it went on before', () => {
  const recording = (ended: Recording['ended']) =>
    message({ type: 'recording', recording: { terminal: 1, startedAt: 5, bytes: 9, ended } });
  const running = after([start, welcome(true), recording(null), lost(1006)]);
  const lostIt = after([welcome(false), recording('restarted')], running);
  expect(lostIt.notice).toBe('recording-restarted');
  expect(after([{ type: 'dismissed' }, recording('restarted')], lostIt).notice).toBeUndefined();
  expect(after([welcome(false), recording(null)], running).notice).toBeUndefined();
  // What had ended before is kept, and ended of itself long ago.
  const stopped = after([recording('asked'), lost(1006)], running);
  expect(after([welcome(false), recording('restarted')], stopped).notice).toBeUndefined();
});

it('says that the files are back, or were not kept, and nothing when all is well', () => {
  expect(after([start, welcome(true, [], { home: 'restored' })]).notice).toBe('home-restored');
  const live = after([start, welcome(true)]);
  expect(live.notice).toBeUndefined();
  expect(after([message({ type: 'home', home: 'saved' })], live).notice).toBeUndefined();
  const large = after([message({ type: 'home', home: 'too-large' })], live);
  expect(large.notice).toBe('home-too-large');
  // Neither a page that comes later nor a word of success takes it away unread.
  expect(after([welcome(false, [], { home: 'saved' })], large).notice).toBe('home-too-large');
});
