// link put together: keeper's client, the labs, the sessions, the outbox and the door for web. Knows no
// process: main.ts runs it, tests run it in theirs.
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { socketNames, type Setup } from '../foundation/child-setup.ts';
import { DisposalStack } from '../foundation/disposal.ts';
import { messageOf } from '../foundation/errors.ts';
import type { Log } from '../foundation/log.ts';
import { closeReasons } from '../protocol/close-codes.ts';
import type { Handover } from '../protocol/peer-messages.ts';
import type { CourseBook } from './checks/judge.ts';
import { createGrantReader } from './grant-reader.ts';
import { createHandoverTaker } from './handover.ts';
import { KeeperClient } from './keeper-client.ts';
import { LabRegistry } from './lab-registry.ts';
import { KEEPER_BACK_WITHIN_MS, SESSIONS, SESSIONS_BEFORE_HELLO } from './limits.ts';
import { createOriginGuard } from './origin-guard.ts';
import { Outbox } from './outbox.ts';
import { RecordingShelf } from './recording/shelf.ts';
import { ScreenWorker } from './screen/screen-worker.ts';
import { Session } from './session.ts';
import { StreamShelf } from './stream-shelf.ts';
import { WebDoor } from './web-door.ts';

export type Link = {
  /** Takes over a WebSocket upgrade that web received. */
  take(handover: Handover, socket: Socket): void;
  /** Closes every connection with 1001 and lets go of keeper; labs live on. */
  close(): Promise<void>;
};

export type LinkOptions = {
  setup: Setup;
  book: CourseBook;
  log: Log;
  /** Default KEEPER_BACK_WITHIN_MS. */
  keeperBackWithinMs?: number;
};

/** Starts link. Rejects when its socket or its outbox cannot be opened; keeper may come later. */
export async function startLink(options: LinkOptions): Promise<Link> {
  const { setup, book, log, keeperBackWithinMs = KEEPER_BACK_WITHIN_MS } = options;
  const closings = new DisposalStack();
  const sessions = new Set<Session>();
  let beforeHello = 0;

  const screens = new ScreenWorker(log);
  closings.add('screens', () => screens.close());

  const outbox = new Outbox(setup.ownDir);
  closings.add('outbox', () => outbox.close());

  const keeper = new KeeperClient({
    path: join(setup.runDir, socketNames.keeper),
    descriptorPath: join(setup.runDir, socketNames.keeperDescriptors),
    log,
    events: {
      ready: (greeting) => registry.handleReady(greeting),
      away: () => registry.handleAway(),
      event: (event) => registry.handleEvent(event),
    },
  });
  closings.add('keeper client', () => keeper.close());

  const registry: LabRegistry = new LabRegistry({
    config: { ...setup.config, keeperBackWithinMs },
    keeper,
    ledger: {
      latched: (lab, step, check) => outbox.latched(lab, step, check),
      earn: (earning) => {
        const earned = outbox.earn(earning);
        if (earned !== undefined) door.announce(earned);
      },
      forget: (lab) => outbox.forget(lab),
      labs: () => outbox.labs(),
    },
    streams: new StreamShelf(setup.ownDir, screens),
    shelf: new RecordingShelf(setup.ownDir, setup.config.recordingBytes),
    book,
    log,
    changed: () => door.handleChange(),
  });
  closings.add('labs', () => registry.close());

  const door: WebDoor = new WebDoor({
    path: join(setup.runDir, socketNames.link),
    outbox,
    occupancy: () => registry.occupancy,
    log,
  });
  await door.listen();
  closings.add('door for web', () => door.close());

  const readGrant = createGrantReader(Buffer.from(setup.key, 'hex'));
  const welcome = (webSocket: WebSocket, socket: Socket) => {
    let isSilent = true;
    const settle = () => {
      if (isSilent) beforeHello -= 1;
      isSilent = false;
    };
    beforeHello += 1;
    const session: Session = new Session({
      webSocket,
      socket,
      registry,
      readGrant,
      log,
      greeted: settle,
      closed: () => {
        settle();
        sessions.delete(session);
      },
    });
    sessions.add(session);
  };
  closings.add('sessions', () => {
    for (const session of sessions) session.end(closeReasons.goingAway);
  });

  const taker = createHandoverTaker({
    guard: createOriginGuard(setup.config),
    hasRoom: () => sessions.size < SESSIONS && beforeHello < SESSIONS_BEFORE_HELLO,
    connected: welcome,
  });
  return {
    take: (handover, socket) => taker.take(handover, socket),
    close: () =>
      closings.dispose().catch((cause: unknown) => {
        log.error({ reason: messageOf(cause) }, 'link did not close cleanly');
      }),
  };
}
