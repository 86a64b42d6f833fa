// keeper: the one process with root. Makes labs, terminals and observations when link asks by a short list
// of verbs; faces no network. Started by main in a mount namespace of its own.
import { join } from 'node:path';
import { setupSchema, type ChildReport, type Setup } from '../foundation/child-setup.ts';
import { DisposalStack } from '../foundation/disposal.ts';
import { ExplainedError, messageOf } from '../foundation/errors.ts';
import { createLog, type Log } from '../foundation/log.ts';
import { markDescriptorsCloseOnExec } from '../kernel/libc.ts';
import { KillSenders } from '../kernel/kill-senders.ts';
import { ProcConnector } from '../kernel/proc-connector.ts';
import { DiskThrottle } from './cgroups/disk-throttle.ts';
import { findHierarchies, missingControllers } from './cgroups/hierarchies.ts';
import { slotOf } from './cgroups/lab-group.ts';
import { removeTopGroups } from './cgroups/top-group.ts';
import { findTree, makeGround, prepareGround } from './ground.ts';
import { Homes } from './home/homes.ts';
import { HomeStore } from './home/home-store.ts';
import { Journal } from './journal.ts';
import { DiskStore } from './lab/disk.ts';
import type { LabHost } from './lab/lab.ts';
import { SlotTable } from './lab/slots.ts';
import { countsOf } from './lab/counts.ts';
import { LabTable } from './lab-table.ts';
import { LinkDoor } from './link-door.ts';
import { MasterDeposit } from './master-deposit.ts';
import { Observer } from './observe/observer.ts';
import { ProcessEvents } from './observe/process-events.ts';
import { Spawner } from './spawner/spawner.ts';
import { adoptTerminal, perform } from './verbs.ts';
import { planPath } from './warm-plan/plan-file.ts';
import { Workshops } from './warm-plan/workshops.ts';

/** Milliseconds between two looks for homes that were kept long enough: an hour. */
const TIDY_EVERY_MS = 3_600_000;

const teardown = new DisposalStack();

/** Never rejects. */
let begun = Promise.resolve();

process.on('message', (message: unknown) => {
  if (isStop(message)) void stopOnceBegun();
  else begun = begin(message);
});
// main is gone: nobody would stop us later.
process.on('disconnect', () => void stopOnceBegun());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // ^C in a terminal reaches every process; main decides the order of stopping.
  process.on(signal, () => undefined);
}

/** In the middle of its start it does not know yet what a keeper before it has left, and would leave it too. */
async function stopOnceBegun(): Promise<void> {
  await begun;
  await stop(0);
}

async function begin(message: unknown): Promise<void> {
  try {
    await start(setupSchema.parse(message));
    report({ type: 'ready' });
  } catch (error) {
    report({ type: 'failed', sentence: messageOf(error) });
    await stop(1);
  }
}

async function start(setup: Setup): Promise<void> {
  const { config } = setup;
  const log = createLog('keeper', config.logLevel);
  const hierarchies = findHierarchies();
  const missing = missingControllers(hierarchies);
  if (missing.length > 0) {
    throw new ExplainedError({
      code: 'no-cgroup-controllers',
      sentence: `Labs cannot be limited: the cgroup controllers ${missing.join(', ')} are not there.`,
      remedy: 'Mount cgroup v2, or the v1 hierarchies of these controllers.',
    });
  }
  // Born with the masters that main kept: what is started from here must not be.
  markDescriptorsCloseOnExec();
  const deposit = new MasterDeposit(setup.runDir, log);
  teardown.add('masters', () => deposit.close());
  // Before keeper has the labs' filter of system calls, which refuses what opens them.
  const senders = openSenders(log);
  prepareGround(log, config);
  const tree = findTree(config.stateDir);
  const journal = new Journal(join(setup.ownDir, 'journal'));
  const entries = readJournal(journal, log);
  const spawner = await Spawner.start(
    { NODE_COMPILE_CACHE: join(setup.ownDir, 'compile-cache') },
    () => {
      // What it started can no longer be watched. The next keeper takes the labs over.
      log.error('the process that makes labs has ended');
      process.exit(1);
    },
  );
  teardown.add('spawner', () => spawner.stop());
  const disks = new DiskStore({
    directory: join(setup.ownDir, 'images'),
    tree,
    bytes: config.limits.diskBytes,
    ready: config.readyImages,
    copy: (from, to) => spawner.copyImage({ from, to }),
    log,
  });
  await disks.prepare(new Set(entries.map((entry) => entry.image)));
  teardown.add('disk images', () => disks.close());
  teardown.add('cgroups', () => removeTopGroups(hierarchies));
  const throttle = new DiskThrottle(hierarchies, config.limits);
  throttle.releaseUnused();
  const host: LabHost = {
    hierarchies,
    slots: new SlotTable(({ base }) =>
      spawner.prepareSlot({ base, counts: countsOf(config.limits) }),
    ),
    spawner,
    disks,
    throttle,
    ground: makeGround(setup.runDir),
    tree,
    limits: config.limits,
  };
  const observer = new Observer(new ProcessEvents(openConnector(log), senders), slotOf);
  teardown.add('observer', () => observer.close());
  const workshops = new Workshops(planPath(setup.ownDir), log);
  const homes = await openHomes(setup, log);
  const labs = new LabTable({
    host,
    journal,
    limits: { ...config, diskBytes: config.limits.diskBytes },
    warm: (givenSince) => workshops.wanted(config.warmLabs, givenSince),
    homes,
    saveEveryMs: config.checkpoints.everyMs,
    log,
    onGone: (lab) => {
      observer.forget(lab);
      door.sendEvent({ type: 'lab-gone', lab });
    },
    onHome: (lab, home) => door.sendEvent({ type: 'home', lab, home }),
  });
  const door = new LinkDoor({
    runDir: setup.runDir,
    user: setup.linkUser,
    log,
    perform: (request) =>
      perform(request, {
        labs,
        observer,
        capacity: config.labs,
        terminalsPerLab: config.terminalsPerLab,
        sendDescriptor: (fd) => door.sendDescriptor(fd),
        deposit,
        sendEvent: (event) => door.sendEvent(event),
      }),
  });
  teardown.add('labs', () => labs.destroyAll());
  teardown.add('the door for link', () => door.close());
  await labs.recover(entries, setup.recover);
  for (const held of setup.masters ?? []) {
    adoptTerminal(held, { labs, deposit, sendEvent: (event) => door.sendEvent(event) });
  }
  await door.listen();
}

function readJournal(journal: Journal, log: Log) {
  const { entries, unreadable } = journal.read();
  for (const name of unreadable) {
    log.error(
      { name },
      'a journal entry cannot be read; it is set aside and its lab counts as lost',
    );
    journal.setAside(name);
  }
  return entries;
}

async function openHomes({ ownDir, config }: Setup, log: Log): Promise<Homes> {
  const { bytes, keepMs, allBytes } = config.checkpoints;
  const store = new HomeStore({ directory: join(ownDir, 'homes'), keepMs, bytes: allBytes });
  await store.tidy();
  const tidying = setInterval(() => {
    store.tidy().catch((error: unknown) => {
      log.error({ error: messageOf(error) }, 'cannot remove homes that are too old');
    });
  }, TIDY_EVERY_MS);
  teardown.add('homes', () => clearInterval(tidying));
  return new Homes({ store, bytes, log });
}

function openConnector(log: Log): ProcConnector | undefined {
  try {
    const connector = new ProcConnector();
    teardown.add('proc connector', () => connector.close());
    return connector;
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'no proc connector: how processes end will not be known');
    return undefined;
  }
}

function openSenders(log: Log): KillSenders | undefined {
  try {
    const senders = new KillSenders();
    teardown.add('kill senders', () => senders.close());
    senders.test();
    return senders;
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'who sends signal 9 will not be known');
    return undefined;
  }
}

let stopping: Promise<void> | undefined;

function stop(code: number): Promise<void> {
  stopping ??= teardown
    .dispose()
    .catch((error: unknown) => {
      process.stderr.write(`keeper: ${messageOf(error)}\n`);
    })
    .finally(() => process.exit(code));
  return stopping;
}

function report(message: ChildReport): void {
  if (process.connected) process.send?.(message);
}

function isStop(message: unknown): boolean {
  return typeof message === 'object' && message !== null && Reflect.get(message, 'type') === 'stop';
}
