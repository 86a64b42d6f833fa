// What keeper does when link asks: each verb, and nothing else. Knows no socket.
import type { TerminalPlace } from '../foundation/child-setup.ts';
import { ExplainedError } from '../foundation/errors.ts';
import {
  KEEPER_VERSION,
  type KeeperMessage,
  type KeeperRequest,
  type KeeperResult,
  type KeeperVerb,
} from '../protocol/keeper-verbs.ts';
import { closeDescriptor } from '../kernel/libc.ts';
import type { Lab } from './lab/lab.ts';
import type { TerminalEnd } from './pty/open-terminal.ts';
import { noSuch, type LabTable } from './lab-table.ts';
import type { MasterDeposit } from './master-deposit.ts';
import type { Observer } from './observe/observer.ts';

export type VerbContext = {
  labs: LabTable;
  observer: Observer;
  capacity: number;
  terminalsPerLab: number;
  deposit: MasterDeposit;
  /** Sends an open descriptor beside the stream; returns the number that the answer repeats. */
  sendDescriptor: (fd: number) => number;
  sendEvent: (event: KeeperMessage) => void;
};

/** The value of a verb's answer. Throws ExplainedError with the failure's code, or any other error. */
export async function perform(
  request: KeeperRequest,
  context: VerbContext,
): Promise<KeeperResult<KeeperVerb>> {
  const { labs, observer } = context;
  switch (request.verb) {
    case 'greet':
      if (request.version !== KEEPER_VERSION) throw otherVersion(request.version);
      return {
        labs: labs.list(),
        capacity: context.capacity,
        terminalsPerLab: context.terminalsPerLab,
      };
    case 'create-lab':
      return labs.create({ lab: request.lab, learner: request.learner, address: request.address });
    case 'destroy-lab':
      observer.forget(request.lab);
      await labs.destroy(request.lab, request.home);
      return {};
    case 'freeze-lab':
      labOf(request.lab, labs).freeze(request.frozen);
      return {};
    case 'open-terminal':
      return openTerminal(request, context);
    case 'send-terminal':
      return { descriptor: context.sendDescriptor(terminalOf(request, labs).master) };
    case 'close-terminal':
      terminalOf(request, labs).hangUp();
      return {};
    case 'observe': {
      const lab = labOf(request.lab, labs);
      if (lab.init === null) throw noSuch('lab', request.lab);
      const observed = {
        initPid: lab.init.pid,
        base: lab.slot.base,
        timeUsed: () => lab.timeUsed(),
        processes: () => lab.processes(),
        groups: () => lab.groups(),
        paths: request.paths,
        slot: lab.slot.number,
        passing: request.passing,
        wantsNetworks: request.networks,
        drawn: request.drawn,
      };
      return observer.observe(request.lab, observed, request.since);
    }
  }
}

async function openTerminal(
  request: Extract<KeeperRequest, { verb: 'open-terminal' }>,
  context: VerbContext,
): Promise<{ descriptor: number }> {
  const { lab: name, terminal: number, size } = request;
  const lab = labOf(name, context.labs);
  if (lab.terminalNumbers.has(number)) {
    throw new ExplainedError({
      code: 'busy',
      sentence: `Terminal ${number} of the lab is open already.`,
    });
  }
  if (lab.terminalNumbers.size >= context.terminalsPerLab) {
    throw new ExplainedError({
      code: 'limit',
      sentence: `The lab has ${context.terminalsPerLab} terminals open, as many as it may.`,
      remedy: 'Close one first.',
    });
  }
  let descriptor = 0;
  await lab.openTerminal(number, size, {
    opened: ({ master }) => {
      context.labs.noteTerminals(name);
      context.deposit.hold({ lab: name, terminal: number }, master);
      descriptor = context.sendDescriptor(master);
    },
    ended: tellEnd(request, context),
  });
  return { descriptor };
}

/**
 * Takes back a terminal that an earlier keeper opened, with the master that main kept. One whose shell has ended
 * meanwhile is let go of.
 */
export function adoptTerminal(
  { lab: name, terminal: number, fd }: TerminalPlace & { fd: number },
  context: Pick<VerbContext, 'labs' | 'deposit' | 'sendEvent'>,
): void {
  const lab = context.labs.find(name);
  const entry = context.labs.entryOf(name, number);
  if (lab === undefined || entry === undefined) {
    closeDescriptor(fd);
    context.deposit.release({ lab: name, terminal: number });
    return;
  }
  const parts = { master: fd, entry };
  lab.adoptTerminal(number, parts, tellEnd({ lab: name, terminal: number }, context));
}

function tellEnd(
  { lab, terminal }: TerminalPlace,
  context: Pick<VerbContext, 'deposit' | 'sendEvent'>,
): (end: TerminalEnd) => void {
  return ({ code, signal }) => {
    context.deposit.release({ lab, terminal });
    context.sendEvent({ type: 'terminal-exit', lab, terminal, code, signal });
  };
}

function labOf(name: string, labs: LabTable): Lab {
  const lab = labs.find(name);
  if (lab === undefined) throw noSuch('lab', name);
  return lab;
}

function terminalOf(request: { lab: string; terminal: number }, labs: LabTable) {
  const terminal = labOf(request.lab, labs).terminals.get(request.terminal);
  if (terminal === undefined) throw noSuch('terminal', request.terminal);
  return terminal;
}

function otherVersion(version: number): ExplainedError {
  return new ExplainedError({
    code: 'other-version',
    sentence: `link speaks version ${version} and keeper ${KEEPER_VERSION}: they were started from different Coulisses.`,
    remedy: 'Stop keeper, link and web, and start all of them together.',
  });
}
