// A learner in a real lab of a real house: runs scripts by typing them into a terminal, as student or by
// sudo, and says where the lab is on the lab host. Knows no clause.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LabClient } from '../support/lab-client.ts';
import type { LabTerminal } from '../support/lab-terminal.ts';
import type { Learner, TestHouse } from '../support/house.ts';
import { limitedGroup, processesBelow, statusOf } from './kernel-view.ts';

/** A line that a terminal takes at once is at most 4095 bytes long (N_TTY, termios(3)). */
const LINE_BYTES = 3000;
const PATIENCE_MS = 30_000;

export type Ran = { output: string; code: number };

/** Lab root is student with sudo: the same terminal, another user. */
export type By = 'root' | 'student';
export const everybody: readonly By[] = ['root', 'student'];

const journalSchema = z.looseObject({ init: z.looseObject({ pid: z.int() }) });

export class LearnerLab {
  readonly house: TestHouse;
  readonly learner: Learner;
  readonly client: LabClient;
  #shell: LabTerminal | undefined;
  #runs = 0;

  constructor(house: TestHouse, learner: Learner, client: LabClient) {
    this.house = house;
    this.learner = learner;
    this.client = client;
  }

  get name(): string {
    return this.learner.answer.lab;
  }

  /** Host PID of the lab's PID 1, as the journal has it. */
  get init(): number {
    const path = join(this.house.stateDir, 'keeper/journal', `${this.name}.json`);
    return journalSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).init.pid;
  }

  /** Host PIDs of the lab. */
  processes(): number[] {
    return processesBelow(limitedGroup(this.init, 'pids').path);
  }

  /** Host PID of the process that is number `pid` in the lab. */
  hostPid(pid: number): number {
    const found = this.processes().find(
      (one) => statusOf(one, 'NSpid').split(' ')[1] === String(pid),
    );
    if (found === undefined) throw new Error(`no process ${pid} in the lab`);
    return found;
  }

  /** Runs a bash script as student in a terminal of the lab: its output, both streams, and its exit code. */
  run(script: string, within = PATIENCE_MS): Promise<Ran> {
    return this.#run('', script, within);
  }

  /** The same as root of the lab, by sudo. */
  sudo(script: string, within = PATIENCE_MS): Promise<Ran> {
    return this.#run('sudo -n ', script, within);
  }

  runAs(by: By, script: string, within = PATIENCE_MS): Promise<Ran> {
    return by === 'root' ? this.sudo(script, within) : this.run(script, within);
  }

  async #run(by: string, script: string, within: number): Promise<Ran> {
    this.#shell ??= await openQuietShell(this.client);
    const run = ++this.#runs;
    const encoded = Buffer.from(script).toString('base64');
    let line = 'S=\n';
    for (let at = 0; at < encoded.length; at += LINE_BYTES) {
      line += `S+=${encoded.slice(at, at + LINE_BYTES)}\n`;
    }
    const since = this.#shell.type(
      `${line}printf '@@%s@@' ${run}; ${by}bash -c "$(base64 -d <<< $S)" </dev/null 2>&1;` +
        ` printf '@@%s:%s@@' ${run} $?\n`,
    );
    const pattern = new RegExp(`@@${run}@@([^]*?)@@${run}:(\\d+)@@`);
    const gone = this.client.closed.then(({ code, reason }) => {
      throw new Error(`the lab's connection was closed with ${code} (${reason})`);
    });
    const [, output = '', code] = await Promise.race([
      this.#shell.waitForOutput(pattern, { since, within }),
      gone,
    ]);
    return { output: output.trim(), code: Number(code) };
  }
}

/** A terminal in which only what commands write is seen: no prompt, no echo. */
async function openQuietShell(client: LabClient): Promise<LabTerminal> {
  const terminal = await client.open({ cols: 500, rows: 50 });
  await terminal.waitForOutput(/\$ $/);
  const since = terminal.type(
    "stty -echo -onlcr; exec bash -c 'echo ready; exec bash /dev/stdin'\n",
  );
  await terminal.waitForOutput(/^ready\n/m, { since });
  return terminal;
}

/** A terminal with its prompt, as a learner sees it. */
export async function openTerminal(client: LabClient): Promise<LabTerminal> {
  const terminal = await client.open();
  await terminal.waitForOutput(/\$ $/);
  return terminal;
}
