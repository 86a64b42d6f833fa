// keeper's side of the two sockets with real PTYs (bash by node-pty) and no labs: for tests of link alone.
// Observes files of this machine, so that a check can be earned by what is typed. Knows no namespace.
import { lstatSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
// oxlint-disable-next-line no-restricted-imports -- a stand-in for keeper opens PTYs as keeper does
import { spawn, type IPty } from 'node-pty';
import { socketNames } from '../../server/foundation/child-setup.ts';
import { readJsonLines, writeJsonLine } from '../../server/foundation/json-lines.ts';
import {
  acceptDescriptorChannel,
  listenForDescriptorChannels,
  sendDescriptor,
} from '../../server/kernel/descriptor-passing.ts';
import { closeDescriptor } from '../../server/kernel/libc.ts';
import {
  keeperRequestSchema,
  type KeeperMessage,
  type KeeperRequest,
  type LabState,
} from '../../server/protocol/keeper-verbs.ts';
import type { ObservedFile, Snapshot } from '../../server/protocol/snapshot.ts';

const HANGUP_AGAIN_MS = 200;

type Lab = {
  state: LabState;
  terminals: Map<number, IPty>;
};
type Request<Verb extends KeeperRequest['verb']> = Extract<KeeperRequest, { verb: Verb }>;

export type StandInKeeperOptions = {
  runDir: string;
  capacity?: number;
  /** Labs an address may have. */
  perAddress?: number;
  /** What is run in a terminal; default a bash without start-up files. */
  shell?: string[];
};

export class StandInKeeper {
  readonly labs = new Map<string, Lab>();
  /** Observations asked for so far. */
  observations = 0;
  capacity: number;
  /** Goes away once it has done such a thing, before it says so. */
  endsAfter: KeeperRequest['verb'] | undefined;
  readonly #options: StandInKeeperOptions;
  #server: Server | undefined;
  #listener = -1;
  #connections = new Map<Socket, number>();
  #descriptor = 0;

  constructor(options: StandInKeeperOptions) {
    this.#options = options;
    this.capacity = options.capacity ?? 1_000;
  }

  async listen(): Promise<void> {
    const { runDir } = this.#options;
    this.#listener = listenForDescriptorChannels(join(runDir, socketNames.keeperDescriptors));
    this.#server = createServer((socket) => this.#handleConnection(socket));
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(join(runDir, socketNames.keeper), resolve));
  }

  /** Goes away and leaves the labs alive, as a keeper that is started again does. */
  async hide(rm: (path: string) => void): Promise<void> {
    for (const [socket, channel] of this.#connections) {
      socket.destroy();
      if (channel >= 0) closeDescriptor(channel);
    }
    this.#connections.clear();
    const server = this.#server;
    await new Promise((resolve) => server?.close(resolve));
    closeDescriptor(this.#listener);
    rm(join(this.#options.runDir, socketNames.keeperDescriptors));
  }

  /** A lab dies by itself. */
  loseLab(lab: string): void {
    this.#destroy(lab);
    this.#tell({ type: 'lab-gone', lab });
  }

  async close(rm: (path: string) => void): Promise<void> {
    for (const lab of this.labs.keys()) this.#destroy(lab);
    await this.hide(rm);
  }

  #handleConnection(socket: Socket): void {
    this.#connections.set(socket, -1);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#connections.delete(socket));
    readJsonLines(socket, (value) => {
      const request = keeperRequestSchema.parse(value);
      const answer = this.#answer(request, socket);
      const { id } = request;
      if (request.verb === this.endsAfter) {
        this.endsAfter = undefined;
        socket.destroy();
        return;
      }
      writeJsonLine(
        socket,
        typeof answer === 'string'
          ? { type: 'failure', id, code: answer, sentence: `stand-in: ${answer}` }
          : { type: 'result', id, value: answer },
      );
    });
  }

  #answer(request: KeeperRequest, socket: Socket): object | 'no-such-lab' | 'no-such-terminal' {
    if (request.verb === 'greet') return this.#greet(socket);
    if (request.verb === 'create-lab') return this.#create(request);
    const lab = this.labs.get(request.lab);
    if (lab === undefined) return 'no-such-lab';
    switch (request.verb) {
      case 'destroy-lab':
        this.#destroy(request.lab);
        return {};
      case 'freeze-lab':
        lab.state.frozen = request.frozen;
        return {};
      case 'open-terminal':
        return this.#open(lab, request, socket);
      case 'observe':
        return { news: 'whole', snapshot: this.#observe(request.paths) };
      case 'send-terminal':
      case 'close-terminal': {
        const pty = lab.terminals.get(request.terminal);
        return pty === undefined ? 'no-such-terminal' : this.#touch(pty, request, socket);
      }
    }
  }

  #greet(socket: Socket): object {
    const channel = acceptDescriptorChannel(this.#listener);
    if (channel === undefined) throw new Error('link greeted without a descriptor connection');
    this.#connections.set(socket, channel);
    const labs = [...this.labs.values()].map(({ state }) => state);
    return { labs, capacity: this.capacity, terminalsPerLab: 8 };
  }

  #create({ lab, learner, address }: Request<'create-lab'>): object {
    const existing = this.labs.get(lab);
    if (existing !== undefined) return { state: existing.state, created: false };
    if (this.labs.size >= this.capacity) return { refused: { reason: 'labs' } };
    const neighbours = [...this.labs.values()].filter((each) => each.state.address === address);
    if (neighbours.length >= (this.#options.perAddress ?? 1_000)) {
      return { refused: { reason: 'address' } };
    }
    const state: LabState = {
      lab,
      learner,
      address,
      createdAt: Date.now(),
      frozen: false,
      home: null,
      terminals: [],
    };
    this.labs.set(lab, { state, terminals: new Map() });
    return { state, created: true };
  }

  #open(lab: Lab, request: Request<'open-terminal'>, socket: Socket): object {
    const { terminal, size } = request;
    const [file, ...args] = this.#options.shell ?? ['/bin/bash', '--norc', '--noprofile'];
    const pty = spawn(file ?? '/bin/sh', args, {
      ...size,
      name: 'xterm-256color',
      cwd: '/tmp',
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        TERM: 'xterm-256color',
        PS1: '$ ',
        LC_ALL: 'C.UTF-8',
      },
    });
    neverRead(pty);
    lab.terminals.set(terminal, pty);
    lab.state.terminals.push(terminal);
    pty.onExit(({ exitCode, signal }) => {
      lab.terminals.delete(terminal);
      lab.state.terminals = lab.state.terminals.filter((each) => each !== terminal);
      const isKilled = signal !== undefined && signal !== 0;
      this.#tell({
        type: 'terminal-exit',
        lab: lab.state.lab,
        terminal,
        code: isKilled ? null : exitCode,
        signal: isKilled ? signal : null,
      });
    });
    return this.#send(pty, socket);
  }

  #touch(pty: IPty, request: Request<'send-terminal' | 'close-terminal'>, socket: Socket): object {
    if (request.verb === 'send-terminal') return this.#send(pty, socket);
    hangUp(pty);
    return {};
  }

  #send(pty: IPty, socket: Socket): object {
    this.#descriptor += 1;
    sendDescriptor(this.#connections.get(socket) ?? -1, this.#descriptor, fdOf(pty));
    return { descriptor: this.#descriptor };
  }

  #observe(paths: readonly string[]): Snapshot {
    this.observations += 1;
    const namespaces = {
      cgroup: '1',
      ipc: '2',
      mnt: '3',
      net: '4',
      pid: '5',
      time: '6',
      user: '7',
      uts: '8',
    };
    return {
      version: 3,
      at: Date.now(),
      lab: { namespaces, root: { path: '/', device: '0:1', inode: '2' } },
      processes: [],
      passed: [],
      mounts: {},
      overlays: [],
      moreOverlays: 0,
      moreNamespaces: 0,
      moreGroups: 0,
      namespaces: [],
      groups: [],
      networks: null,
      networksMissing: false,
      files: Object.fromEntries(paths.map((path) => [path, look(path)])),
      exits: [],
      truncated: false,
    };
  }

  #destroy(id: string): void {
    const lab = this.labs.get(id);
    this.labs.delete(id);
    for (const pty of lab?.terminals.values() ?? []) pty.kill('SIGKILL');
  }

  #tell(message: KeeperMessage): void {
    for (const socket of this.#connections.keys()) writeJsonLine(socket, message);
  }
}

/** node-pty has it on Unix and leaves it out of its types. */
export function fdOf(pty: IPty): number {
  if (!('fd' in pty) || typeof pty.fd !== 'number') throw new Error('this node-pty has no fd');
  return pty.fd;
}

/** pause() is not enough: node-pty has asked for a first read already, and would keep what it brings. */
function neverRead(pty: IPty): void {
  const socket: unknown = Reflect.get(pty, '_socket');
  if (!(socket instanceof Readable)) throw new Error('this node-pty has no socket');
  socket._read = () => undefined;
}

function look(path: string): ObservedFile {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    return { kind: 'absent', device: '', inode: '', user: 0, mode: 0, size: 0 };
  }
  const kind = stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'other';
  const { dev, ino, uid, mode, size } = stat;
  return { kind, device: String(dev), inode: String(ino), user: uid, mode, size };
}

/** A bash that hears it just before it reads a key acts on it after that key alone: it is told again. keeper kills it
 * after a second. */
function hangUp(pty: IPty): void {
  pty.kill('SIGHUP');
  const again = setInterval(() => pty.kill('SIGHUP'), HANGUP_AGAIN_MS);
  pty.onExit(() => clearInterval(again));
}
