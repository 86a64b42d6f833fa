// A recording as it is played: its events, with long rests shortened, the ticks and looks at the lab among them.
// Pure; knows no player and no language.
import { z } from 'zod';
import type { XrayMessage } from '../../server/protocol/xray.ts';
import { xrayMessageSchema } from '../../server/protocol/xray.ts';
import type { Moment } from './xray-store.ts';
import { nextMoment } from './xray-store.ts';

/** Seconds of rest that are played: a learner who reads for a minute is not watched doing so. */
const LONGEST_REST_S = 2;
/** A look at the lab; players know no such event. */
const LOOK = 'k';

/** docs.asciinema.org/manual/asciicast/v2: seconds since the begin, what it is, and its data. */
const eventSchema = z.tuple([z.number().min(0), z.string().length(1), z.string()]);
type Event = z.infer<typeof eventSchema>;

export type PlayableCast = {
  /** An asciicast v2 without what players do not know. */
  text: string;
  /** In seconds of what is played. */
  markers: { at: number; label: string }[];
  /** Told at so many milliseconds of what is played. */
  moments: Moment[];
  /** Some looks at the lab are of another form than this version's, and are left out. */
  lacksLooks: boolean;
};

/** Lines that cannot be read are left out: the rest can be played. */
export function readCast(cast: string): PlayableCast {
  const [header = '', ...lines] = cast.split('\n');
  const events = shortenRests(lines.flatMap(readEvent));
  const played = events.filter(([, code]) => code !== LOOK);
  return {
    text: [header, ...played.map((event) => JSON.stringify(event))].join('\n'),
    markers: played.flatMap(([at, code, label]) => (code === 'm' ? [{ at, label }] : [])),
    ...readMoments(events),
  };
}

function readEvent(line: string): Event[] {
  const event = eventSchema.safeParse(parseJson(line));
  return event.success ? [event.data] : [];
}

/** Looks go on while nothing is shown: they do not count, and those of a long rest are played at its end. */
function shortenRests(events: readonly Event[]): Event[] {
  let last = { at: 0, played: 0 };
  return events.map(([at, code, data]) => {
    const played = last.played + Math.min(Math.max(0, at - last.at), LONGEST_REST_S);
    if (code !== LOOK) last = { at, played };
    return [played, code, data];
  });
}

function readMoments(events: readonly Event[]): Pick<PlayableCast, 'moments' | 'lacksLooks'> {
  const moments: Moment[] = [];
  let lacksLooks = false;
  for (const [at, code, data] of events) {
    if (code !== LOOK) continue;
    const message = readLook(data);
    if (message === undefined) lacksLooks = true;
    else moments.push(nextMoment(moments.at(-1), message, { toldAt: at * 1000, command: 0 }));
  }
  return { moments, lacksLooks };
}

function readLook(data: string): XrayMessage | undefined {
  return xrayMessageSchema.safeParse(parseJson(data)).data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
