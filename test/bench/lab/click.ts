// One learner's arrival through the whole house, as the page does it, split into phases. Knows no other
// measurement.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectLab, type LabClient } from '../../support/lab-client.ts';
import type { TestHouse } from '../../support/house.ts';
import type { LabTerminal } from '../../support/lab-terminal.ts';
import { Tail } from '../prompt.ts';

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 5;
const OPEN_REQUEST = 1;

export type Click = {
  client: LabClient;
  terminal: LabTerminal;
  /** Milliseconds. */
  phases: {
    post: number;
    /** WebSocket, hello, the lab made, welcome. */
    welcome: number;
    /** open → opened: keeper starts the shell, its master reaches link. */
    opened: number;
    /** attach → first byte of output. */
    first: number;
    /** First byte → whole prompt. */
    prompt: number;
  };
  /** From the click until the first byte, and until the whole prompt. */
  toFirst: number;
  toPrompt: number;
};

/** For a house whose labs are opened by `clickToPrompt`: web lets so many of one address in at once. */
export const settingsForClicks = { COULISSE_PROXIES: '127.0.0.1' };

let learners = 0;

/** An address of its own for each learner, of those set aside for benchmarks (RFC 2544). */
function nextAddress(): string {
  learners += 1;
  return `198.18.${(learners >> 8) & 255}.${learners & 255}`;
}

export async function clickToPrompt(house: TestHouse): Promise<Click> {
  const forwardedFor = nextAddress();
  const start = performance.now();
  const { answer } = await house.arrive(undefined, forwardedFor);
  const posted = performance.now();
  const client = await connectLab({
    url: `${house.url.replace('http', 'ws')}/link`,
    grant: answer.grant,
    lab: answer.lab,
    origin: house.url,
    keepText: false,
    forwardedFor,
  });
  const welcome = performance.now();
  client.send({ type: 'open', request: OPEN_REQUEST, size: { cols: 80, rows: 24 } });
  const { terminal: id } = await client.next('opened');
  const opened = performance.now();
  const { terminal, first, prompt } = await watchPrompt(client, id);
  return {
    client,
    terminal,
    phases: {
      post: posted - start,
      welcome: welcome - posted,
      opened: opened - welcome,
      first: first - opened,
      prompt: prompt - first,
    },
    toFirst: first - start,
    toPrompt: prompt - start,
  };
}

/** Destroys the lab and returns when nothing of it is left, so that the next measurement is alone. */
export async function endLab(house: TestHouse, client: LabClient): Promise<void> {
  const entry = join(house.stateDir, 'keeper/journal', `${client.welcome.lab}.json`);
  client.send({ type: 'reset' });
  await client.closed;
  const deadline = performance.now() + PATIENCE_MS;
  while (existsSync(entry)) {
    if (performance.now() > deadline) throw new Error('a lab was not taken apart in time');
    await sleep(LOOK_EVERY_MS);
  }
}

type Prompt = { terminal: LabTerminal; first: number; prompt: number };

function watchPrompt(client: LabClient, id: number): Promise<Prompt> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no prompt in time')), PATIENCE_MS);
    // attach makes the terminal in the same turn: no output can come before somebody listens.
    client.attach(id).catch(reject);
    const terminal = client.terminals.get(id);
    if (terminal === undefined) throw new Error(`there is no terminal ${id}`);
    const tail = new Tail();
    let first: number | undefined;
    terminal.onOutput = (_offset, data) => {
      first ??= performance.now();
      tail.add(data);
      if (!tail.isPrompt) return;
      clearTimeout(late);
      terminal.onOutput = undefined;
      resolve({ terminal, first, prompt: performance.now() });
    };
  });
}
