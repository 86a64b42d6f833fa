// The x-ray as a learner sees it, in a real lab: what they typed is drawn, said, explained and run again.
import { existsSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { Stage } from '../support/e2e-stage.ts';

const stage = new Stage();

const pidChapter = '/en/inside-docker/pid-namespace/a-new-namespace';

test('a container is drawn with both of its numbers, said in words, and the commands show the same', async () => {
  const visitor = await stage.start({ path: pidChapter });
  const { page } = visitor;
  await visitor.byTestId('xray').waitFor();
  await visitor.type(1, 'sudo unshare -pf --kill-child sleep 4321 & sleep 1');
  const inside = visitor.byTestId('xray-region').getByTestId('xray-process');
  await inside.waitFor();
  expect(await visitor.byTestId('xray-region').innerText()).toContain('pid·1');
  const label = await inside.getAttribute('aria-label');
  const [, outside] = /^sleep: PID 1 in here, PID (\d+) on the lab$/.exec(label ?? '') ?? [];
  await visitor.type(2, 'pgrep -fx "sleep 4321"');
  expect(await visitor.screen(2)).toMatch(new RegExp(`^${outside}$`, 'm'));

  await inside.click();
  const detail = visitor.byTestId('xray-detail');
  expect(await detail.innerText()).toContain(`${outside} › 1, from the lab inward`);
  await visitor.untilDone(2, () => detail.getByTestId('run').first().click());
  expect(await visitor.screen(2)).toMatch(new RegExp(`^NSpid:\\s+${outside}\\s+1$`, 'm'));
  await detail.getByRole('button', { name: textsOf('en').xray.detail.close }).click();

  await page.getByRole('tab', { name: textsOf('en').xray.tabs.namespaces }).click();
  const row = page.getByRole('row').filter({ hasText: `${outside} › 1` });
  expect(await row.innerText()).toContain('pid·1');

  await visitor.type(2, `sudo kill -9 ${outside}`);
  const changes = visitor.byTestId('xray-changes');
  await visitor.until(
    async () => (await changes.innerText()).includes('namespace pid·1 is gone'),
    'the end of the namespace in words',
  );
});

test('a container that is drawn below what is seen is brought there, unless the picture is in use', async () => {
  const visitor = await stage.start({ path: pidChapter });
  const { page } = visitor;
  const regions = visitor.byTestId('xray-region');
  const isSeen = async (): Promise<boolean> =>
    (await regions.count()) > 0 &&
    (await regions.last().evaluate((region) => {
      const box = region.closest('#xray-tabpanel')?.getBoundingClientRect();
      const { top, bottom } = region.getBoundingClientRect();
      return box !== undefined && top >= box.top - 1 && bottom <= box.bottom + 1;
    }));
  await visitor.type(1, 'for i in $(seq 14); do sleep 777$i & done; clear');
  await page.mouse.move(5, 5);
  await visitor.type(1, 'sudo unshare -pf --kill-child sleep 4321 & sleep 1');
  await visitor.until(isSeen, 'the region in the picture');
  const box = page.locator('#xray-tabpanel');
  await box.hover();
  await box.evaluate((element) => element.scrollTo({ top: 0, behavior: 'instant' }));
  await page.keyboard.type('sudo unshare -pf --kill-child sleep 4322 & sleep 1\n');
  await visitor.until(async () => (await regions.count()) === 2, 'the second region');
  expect(await box.evaluate((element) => element.scrollTop)).toBe(0);
});

test('dragging back shows the lab as it was, and Now brings it back', async () => {
  const visitor = await stage.start({ path: pidChapter });
  await visitor.byTestId('xray-process').first().waitFor();
  await visitor.type(1, 'sudo unshare -pf sleep 1 ; sleep 1');
  const changes = visitor.byTestId('xray-changes');
  await visitor.until(
    async () => (await visitor.byTestId('xray-region').count()) === 0,
    'the end of the container',
  );
  const time = visitor.byTestId('xray-time').getByRole('slider');
  await time.focus();
  expect(await visitor.byTestId('xray-time').locator('i[data-kind="pid"]').count()).toBeGreaterThan(
    1,
  );
  const isThere = async (): Promise<boolean> =>
    (await changes.innerText()).includes('new namespace pid·1');
  for (let back = 0; back < 20 && !(await isThere()); back += 1) await time.press('ArrowLeft');
  expect(await visitor.byTestId('xray-region').innerText()).toContain('pid·1');
  expect(await time.getAttribute('aria-valuetext')).toMatch(/^\d+ s ago: new namespace pid·1/);
  await visitor.byTestId('xray-time').getByRole('button').click();
  expect(await visitor.byTestId('xray-region').count()).toBe(0);
});

test('networks are regions with their devices, a veth pair is a line, and counters move while ping runs', async () => {
  const visitor = await stage.start({ path: pidChapter });
  const { page } = visitor;
  await page.getByRole('tab', { name: textsOf('en').xray.tabs.network }).click();
  const regions = visitor.byTestId('xray-network');
  await regions.first().waitFor();
  expect(await regions.count()).toBe(1);
  await visitor.type(
    1,
    [
      'sudo ip netns add red',
      'sudo ip link add to-red type veth peer name eth0 netns red',
      'sudo ip addr add 10.77.0.1/24 dev to-red',
      'sudo ip link set to-red up',
      'sudo ip -n red addr add 10.77.0.2/24 dev eth0',
      'sudo ip -n red link set eth0 up',
      `sudo iptables -A INPUT -s 10.77.0.0/24 -j ACCEPT`,
    ].join(' && '),
  );
  await visitor.byTestId('xray-veth').waitFor({ state: 'attached' });
  expect(await regions.nth(1).innerText()).toContain('red');
  await visitor.until(
    async () => (await regions.nth(1).innerText()).includes('10.77.0.2/24'),
    'the address in the other network',
  );
  await visitor.until(
    async () => (await visitor.byTestId('xray-changes').innerText()).includes('new device to-red'),
    'the new device in words',
  );
  const rule = visitor.byTestId('xray-rule').filter({ hasText: 'from 10.77.0.0/24' });
  const counted = async (): Promise<number> =>
    Number(await rule.getByRole('cell').last().innerText());
  await rule.waitFor();
  const before = await counted();
  await visitor.type(1, 'sudo ip netns exec red ping -c 3 -i 0.3 10.77.0.1');
  await visitor.until(async () => (await counted()) >= before + 3, 'what ping sent, counted');
  await visitor.until(
    async () => (await visitor.page.locator('#xray [data-moved="true"]').count()) === 0,
    'rest of the counters once nothing is sent',
  );
  await visitor.until(
    async () => (await visitor.byTestId('xray-changes').innerText()).includes('new device to-red'),
    'what was said before ping came and went',
  );
  const peer = page.getByRole('row').filter({ hasText: 'to-red in the lab’s network' });
  expect(await peer.innerText()).toContain('eth0');
  const legacy = visitor.byTestId('xray-legacy');
  expect(await legacy.count()).toBe(0);
  if (!existsSync('/proc/net/ip_tables_names')) return;
  await visitor.type(
    1,
    'sudo ip netns exec red iptables-legacy -t nat -A OUTPUT -j ACCEPT; sleep 1',
  );
  const { network } = textsOf('en').xray;
  expect(await legacy.innerText()).toBe(network.legacy('nat', 'sudo iptables-legacy-save'));
});

test('what a command sets without making anything is said too: an address, a rule, a limit, options of a mount', async () => {
  const visitor = await stage.start({ path: pidChapter });
  const { page } = visitor;
  const { tabs } = textsOf('en').xray;
  const changes = visitor.byTestId('xray-changes');
  const isSaid = async (line: string, sentence: string): Promise<void> => {
    await visitor.type(1, line);
    await visitor.until(async () => (await changes.innerText()).includes(sentence), sentence);
  };
  // Whoever has not opened the tab of the networks is told too.
  await visitor.byTestId('xray-process').first().waitFor();
  await isSaid(
    'sudo ip link add v0 type veth peer name v1',
    'new device v0 (veth, the lab’s network)',
  );
  await isSaid('sudo ip link set v0 up', 'device v0 is on (the lab’s network)');
  await isSaid(
    'sudo ip addr add 10.78.0.1/24 dev v0',
    'v0 has the address 10.78.0.1/24 (the lab’s network) · new route to 10.78.0.0/24 on v0',
  );
  await page.getByRole('tab', { name: tabs.groups }).click();
  await isSaid(
    'sudo iptables -t nat -A POSTROUTING -s 10.78.0.0/24 -j MASQUERADE',
    'new rule in nat POSTROUTING: from 10.78.0.0/24 → masquerade (the lab’s network)',
  );
  await isSaid(
    'c=/sys/fs/cgroup; [ -d $c/pids ] && c=$c/pids || echo +pids | sudo tee $c/cgroup.subtree_control; sudo mkdir $c/cage',
    'new cgroup /cage',
  );
  await isSaid('echo 100 | sudo tee $c/cage/pids.max', '/cage may have 100 processes');
  await page.getByRole('tab', { name: tabs.mounts }).click();
  await isSaid('sudo mount -t tmpfs none /mnt', 'tmpfs mounted at /mnt (the lab’s)');
  await isSaid(
    'sudo mount -o remount,bind,ro /mnt',
    '/mnt has other options: ro, no longer rw (the lab’s)',
  );
  const row = page.getByRole('row').filter({ hasText: '/mnt' });
  expect(await row.innerText()).toContain('ro,relatime');
  for (const kind of ['net', 'cgroup', 'mnt']) {
    const marks = visitor.byTestId('xray-time').locator(`i[data-kind="${kind}"]`);
    expect(await marks.count()).toBeGreaterThan(1);
  }
});

test('a zombie is one in the picture, the table and its facts, until its parent has looked', async () => {
  const visitor = await stage.start({ path: pidChapter });
  const { page } = visitor;
  await visitor.type(
    1,
    `(exec -a keeps perl -e 'if (fork) { sleep 4325; wait; sleep 4326 } else { exit 7 }') & sleep 1`,
  );
  const zombie = page.locator('[data-testid="xray-process"][data-zombie="true"]');
  await zombie.waitFor();
  expect(await zombie.innerText()).toMatch(/^\d+\s*perl\s*zombie$/);
  await zombie.click();
  const detail = visitor.byTestId('xray-detail');
  const texts = textsOf('en').xray;
  expect(await detail.innerText()).toContain(texts.states['Z']);
  await detail.getByRole('button', { name: texts.detail.close }).click();
  await page.getByRole('tab', { name: texts.tabs.namespaces }).click();
  const row = page.getByRole('row').filter({ hasText: '?' });
  expect(await row.innerText()).toMatch(/^\d+\s+perl\s+student(\s+\?){8}$/);
  await visitor.type(1, 'kill %1; sleep 1');
  await visitor.until(async () => (await row.count()) === 0, 'the end of the zombie');
});

test('the keyboard goes back to the process whose card is closed, and to the picture when it ends', async () => {
  const visitor = await stage.start({ path: pidChapter });
  const { page } = visitor;
  // The first line that is typed hereafter ends it, without a click that would move the focus.
  await visitor.goToTerminal(1);
  await page.keyboard.type('sleep 4327 & read -r; kill -9 %1');
  await page.keyboard.press('Enter');
  const process = visitor.byTestId('xray-process').filter({ hasText: '4327' });
  const detail = visitor.byTestId('xray-detail');
  const close = detail.getByRole('button', { name: textsOf('en').xray.detail.close });
  const hasFocus = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element) => element === document.activeElement);
  await process.focus();
  for (const key of ['Escape', 'Enter']) {
    await page.keyboard.press('Enter');
    await close.and(page.locator(':focus')).waitFor();
    await page.keyboard.press(key);
    await detail.waitFor({ state: 'detached' });
    expect(await hasFocus(process)).toBe(true);
  }

  await page.keyboard.press('Enter');
  await close.and(page.locator(':focus')).waitFor();
  await detail.getByTestId('run').first().focus();
  await page.keyboard.press('Enter');
  await detail.waitFor({ state: 'detached' });
  await visitor.until(() => hasFocus(page.locator('#xray-tabpanel')), 'focus on the picture');
});

test('names of processes are text, whatever they hold', async () => {
  const visitor = await stage.start({ path: pidChapter });
  await visitor.type(1, `(exec -a '<img src=x onerror=alert(1)>' sleep 4322) & sleep 1`);
  const process = visitor.byTestId('xray-process').filter({ hasText: '4322' });
  await process.waitFor();
  expect(await process.getAttribute('title')).toBe('<img src=x onerror=alert(1)> 4322');
  expect(await visitor.page.locator('#xray img').count()).toBe(0);
});

test('the first chapter shows it when asked, and the wish is kept', async () => {
  const visitor = await stage.start({ path: '/fr/inside-docker/chroot/a-system-in-a-folder' });
  expect(await visitor.byTestId('xray').count()).toBe(0);
  await visitor.byTestId('xray-toggle').click();
  await visitor.byTestId('xray-process').first().waitFor();
  await visitor.page.reload();
  await visitor.byTestId('xray-process').first().waitFor();
  await visitor.byTestId('xray-toggle').click();
  expect(await visitor.byTestId('xray').count()).toBe(0);
  expect(await visitor.screen(1)).toContain('student@lab');
});
