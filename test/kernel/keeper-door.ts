// A caller at keeper's door, like each process that can open its socket: for observing a lab as link does, and
// for bad input. keeper serves one caller at a time, so link comes back when this one has left.
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { socketNames } from '../../server/foundation/child-setup.ts';
import { readJsonLines, writeJsonLine } from '../../server/foundation/json-lines.ts';
import {
  keeperMessageSchema,
  keeperResultSchemas,
  type KeeperMessage,
  type ObserveWish,
} from '../../server/protocol/keeper-verbs.ts';
import type { Snapshot } from '../../server/protocol/snapshot.ts';

/** link may take the door back before the answer is here. */
const ATTEMPTS = 10;

export async function knock(stateDir: string): Promise<Socket> {
  const socket = connect(join(stateDir, 'run', socketNames.keeper));
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** What keeper answers to one request; undefined when it closed the door instead. */
export async function ask(stateDir: string, request: object): Promise<KeeperMessage | undefined> {
  const socket = await knock(stateDir);
  try {
    return await new Promise((resolve) => {
      socket.on('close', () => resolve(undefined));
      readJsonLines(socket, (value) => resolve(keeperMessageSchema.parse(value)));
      writeJsonLine(socket, request);
    });
  } finally {
    socket.destroy();
  }
}

/** One snapshot of the lab. */
export async function observe(
  stateDir: string,
  lab: string,
  { paths = [], passing = false, networks = false, drawn = false }: Partial<ObserveWish> = {},
): Promise<Snapshot> {
  const wish = { paths, passing, networks, drawn, since: null };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = await ask(stateDir, { id: 1, verb: 'observe', lab, ...wish });
    if (answer?.type === 'result') {
      const told = keeperResultSchemas.observe.parse(answer.value);
      if (told.news === 'whole') return told.snapshot;
    }
    if (answer?.type === 'failure') throw new Error(answer.sentence);
  }
  throw new Error('keeper never answered');
}
