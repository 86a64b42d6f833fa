// Prints what a terminal, a log or a page could take for more than text, prints without end, and asks for what
// is another's. docs/ATTACKS.md, A67 to A69. Knows no screen.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectLab } from '../../support/lab-client.ts';
import { observe } from '../keeper-door.ts';
import { statusOf, until } from '../kernel-view.ts';
import { openTerminal } from '../learner-lab.ts';
import { openScene } from './scene.ts';

const scene = openScene({ COULISSE_LOG: 'debug' });

/** Kibibytes that a process of the house holds, file-backed ones left out. */
const heldBy = (name: 'link' | 'keeper') =>
  Number.parseInt(statusOf(scene.house.house.pidOf(name), 'RssAnon'));

test('[A67] escape sequences in names, arguments and paths are told as text and written to no log', async () => {
  const { lab, house } = scene;
  const evil = String.raw`\033]52;c;aGFja2Vk\007\033[2Jevil\033P+q\033\\`;
  await lab.sudo(`E="$(printf '${evil}')"; mkdir -p "/tmp/$E"; cd "/tmp/$E"
    (exec -a "$E" sleep 301 </dev/null >/dev/null 2>&1 &); hostname "$E" 2>/dev/null; mkdir -p "/mnt/$E"; mount -t tmpfs "$E" "/mnt/$E"`);
  const seen = await observe(house.stateDir, lab.name, { paths: [`/tmp/x\u001B[2Jevil`] });
  const command = seen.processes.find(({ command: [, time] }) => time === '301')?.command[0];
  expect(command).toContain('\u001B]52;');
  // On the wire it is JSON, in which a control character cannot stand by itself.
  expect(JSON.stringify(seen)).not.toContain('\u001B');
  const client = await openTerminal(lab.client);
  client.type(`printf '${evil}'; exit 3\n`);
  await client.exited();
  expect(house.house.said.length).toBeGreaterThan(0);
  expect(house.house.said).not.toContain('\u001B');
  expect(house.house.said).not.toContain('aGFja2Vk');
  await lab.sudo('pkill sleep; hostname lab');
});

test('[A68] output without end that nobody reads costs link and keeper no memory, and others nothing', async () => {
  const { lab, neighbour } = scene;
  await neighbour.run('true');
  const flooded = await Promise.all([1, 2, 3].map(() => lab.client.open()));
  for (const terminal of flooded) terminal.stopParsing();
  const before = [heldBy('link'), heldBy('keeper')];
  for (const terminal of flooded) terminal.type('yes "$(head -c 3000 /dev/zero | tr "\\0" x)"\n');
  const written = () =>
    lab
      .processes()
      .filter((pid) => statusOf(pid, 'Name') === 'yes')
      .map((pid) => Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]));
  await until('all three write', () => written().length === 3);
  const enough = Date.now() + 3000;
  await until('they have flooded for a while', async () => {
    await scene.hearNeighbour();
    return Date.now() > enough;
  });
  const after = [heldBy('link'), heldBy('keeper')];
  // The rings of three terminals and what a socket holds; a link that kept everything would hold hundreds of MB.
  const [ofLink = 0, ofKeeper = 0] = after.map(
    (kibibytes, index) => kibibytes - (before[index] ?? 0),
  );
  expect(ofLink).toBeLessThan(96 * 1024);
  expect(ofKeeper).toBeLessThan(48 * 1024);
  for (const terminal of flooded) terminal.hangUp();
});

test('[A69] another learner’s lab is opened neither by its name nor with a grant for one’s own', async () => {
  const { lab, neighbour, house } = scene;
  const { url } = house.house;
  const asked = await fetch(`${url}/api/lab`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie: lab.learner.cookie },
    body: JSON.stringify({ lab: neighbour.name }),
  });
  expect(asked.status).toBe(403);
  const { answer } = await house.house.arrive(lab.learner.cookie);
  const intruder = connectLab({
    url: `${url.replace('http', 'ws')}/link`,
    origin: url,
    grant: answer.grant,
    lab: neighbour.name,
  });
  await expect(intruder).rejects.toThrow('4403');
});
