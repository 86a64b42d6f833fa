// One terminal: node-pty opens a PTY of the lab's own devpts, and the spawner starts the learner's shell in the
// lab on it. keeper never reads it; the master goes to link as a file descriptor. Knows no protocol. [L7]
import { closeDescriptor, markDescriptorsCloseOnExec } from '../../kernel/libc.ts';
import type { ProcessStatus } from '../../kernel/run-program.ts';
import type { ProcessIdentity } from '../../kernel/processes.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import { LAB_PATH } from '../spawner/lab-path.ts';
import type { Spawner } from '../spawner/spawner.ts';
import { OpenTerminal, type TerminalEnd, type TerminalParts } from './open-terminal.ts';
import { openPty } from './open-pty.ts';

const environment = {
  TERM: 'xterm-256color',
  PATH: LAB_PATH,
  HOME: '/home/student',
  USER: 'student',
  LOGNAME: 'student',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  COLORTERM: 'truecolor',
};

export type TerminalOptions = {
  spawner: Spawner;
  /** keeper's path of the lab's devpts. */
  pts: string;
  init: ProcessIdentity;
  joinFiles: readonly string[];
  size: TerminalSize;
  /** The learner's id in the lab. */
  user: number;
  openFiles: number;
};

export class Terminal extends OpenTerminal {
  readonly #ended: Promise<ProcessStatus>;

  private constructor(parts: TerminalParts, ended: Promise<ProcessStatus>) {
    super(parts);
    this.#ended = ended;
  }

  static async open(options: TerminalOptions): Promise<Terminal> {
    const { spawner, pts, init, joinFiles, size, user, openFiles } = options;
    const pty = openPty(pts, size);
    // node-pty leaves both inheritable, and what keeper starts must not hold a terminal.
    markDescriptorsCloseOnExec();
    const ended = Promise.withResolvers<ProcessStatus>();
    try {
      const entry = await spawner.enterLab(
        {
          init,
          joinFiles: [...joinFiles],
          slave: pty.path,
          user,
          openFiles,
          program: '/bin/bash',
          args: ['bash', '--login'],
          environment,
          directory: environment.HOME,
        },
        ended.resolve,
      );
      return new Terminal({ master: pty.master, entry }, ended.promise);
    } catch (error) {
      closeDescriptor(pty.master);
      throw error;
    } finally {
      // Open until now: without any slave a master reads as hung up.
      closeDescriptor(pty.slave);
    }
  }

  onEnd(callback: (end: TerminalEnd) => void): void {
    void this.#tellEnd(callback);
  }

  /** Lets go of a terminal that nobody has asked for. */
  close(): void {
    closeDescriptor(this.master);
  }

  async #tellEnd(callback: (end: TerminalEnd) => void): Promise<void> {
    const end = await this.#ended;
    this.close();
    callback(end);
  }
}
