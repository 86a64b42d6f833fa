// The terminals of one lab in a whole house, through the real WebSocket. Knows no measurement.
import type { DisposalStack } from '../../../server/foundation/disposal.ts';
import { openHouse } from '../../support/house.ts';
import { connectLab, type LabClient } from '../../support/lab-client.ts';
import type { LabTerminal } from '../../support/lab-terminal.ts';
import { firstPrompt, type Line, type Peer } from './line.ts';

/** As many as a lab may have: the memory of one is the growth by many. */
export const MOST_TERMINALS = 32;

export async function openLabPeer(closings: DisposalStack): Promise<Peer> {
  const house = await openHouse({
    settings: { COULISSE_TERMINALS_PER_LAB: String(MOST_TERMINALS) },
  });
  closings.add('house', async () => void (await house.stop()));
  const { cookie } = await house.arrive();
  const clients = new Map<number | undefined, LabClient>();
  /** One connection for all terminals, as a page has; another one for each rate of parsing. */
  const clientFor = async (rate: number | undefined): Promise<LabClient> => {
    const known = clients.get(rate);
    if (known !== undefined) return known;
    // A grant is fresh for each connection: it expires long before the benchmark ends.
    const { answer } = await house.arrive(cookie);
    const client = await connectLab({
      url: `${house.url.replace('http', 'ws')}/link`,
      grant: answer.grant,
      lab: answer.lab,
      origin: house.url,
      keepText: false,
      ...(rate === undefined ? {} : { parseBytesPerSecond: rate }),
    });
    clients.set(rate, client);
    closings.add('page', async () => void (await client.close()));
    return client;
  };
  return {
    name: 'lab',
    serverPid: house.pidOf('link'),
    scratch: '/tmp',
    open: async ({ rate } = {}) => {
      const line = await openLine(await clientFor(rate));
      await firstPrompt(line);
      return line;
    },
  };
}

let requests = 1_000_000;

async function openLine(client: LabClient): Promise<LabLine> {
  requests += 1;
  const request = requests;
  client.send({ type: 'open', request, size: { cols: 80, rows: 24 } });
  const { terminal: id } = await client.next('opened', (message) => message.request === request);
  // attach makes the terminal in the same turn: no output can come before somebody listens.
  const attached = client.attach(id);
  const terminal = client.terminals.get(id);
  if (terminal === undefined) throw new Error(`there is no terminal ${id}`);
  const line = new LabLine(terminal);
  void attached;
  return line;
}

export class LabLine implements Line {
  onOutput: ((data: Uint8Array) => void) | undefined;
  readonly #terminal: LabTerminal;

  constructor(terminal: LabTerminal) {
    this.#terminal = terminal;
    terminal.onOutput = (_offset, data) => this.onOutput?.(data);
  }

  type(text: string): void {
    this.#terminal.type(text);
  }

  stall(): void {
    this.#terminal.stopParsing();
  }

  close(): void {
    this.#terminal.goOnParsing();
    this.#terminal.hangUp();
  }
}
