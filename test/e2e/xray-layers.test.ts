// The layers of an overlay and a namespace without a process as a learner sees them in the x-ray, now and when
// they drag back.
import { expect, test } from 'vitest';
import { textsOf } from '../../app/ui/texts/texts-of.ts';
import { OVERLAYS } from '../../server/protocol/snapshot-layers.ts';
import type { Visitor } from '../support/browser.ts';
import { Stage } from '../support/e2e-stage.ts';

const stage = new Stage();
const texts = textsOf('en').xray;
const pidChapter = '/en/inside-docker/pid-namespace/a-new-namespace';

const tab = (visitor: Visitor, name: keyof typeof texts.tabs) =>
  visitor.page.getByRole('tab', { name: texts.tabs[name] }).click();

test('an overlay is drawn as its layers, what was deleted struck through; dragging back shows it before that', async () => {
  const visitor = await stage.start({ path: pidChapter });
  await visitor.byTestId('xray-process').first().waitFor();
  await visitor.type(1, 'mkdir low up work merged; echo 1 > low/motd; echo 2 > low/kept; cd ~');
  await visitor.type(
    1,
    'sudo mount -t overlay -o lowerdir=low,upperdir=up,workdir=work,userxattr overlay merged; sleep 1',
  );
  await tab(visitor, 'mounts');
  const layers = visitor.byTestId('xray-layers');
  await layers.waitFor();
  expect(await layers.getByRole('row').allInnerTexts()).toEqual([
    expect.stringContaining(texts.layers.layer),
    expect.stringMatching(/^View\s+\/home\/student\/merged\s/),
    expect.stringMatching(/^Upper\s+\/home\/student\/up\s+nothing$/),
    expect.stringMatching(/^Lower\s+\/home\/student\/low\s*$/),
    expect.stringMatching(/^Work\s+\/home\/student\/work\s/),
  ]);

  await visitor.type(1, 'sudo rm merged/motd; sudo touch merged/new; sleep 1');
  const deleted = layers.locator('del');
  await deleted.waitFor();
  expect(await deleted.innerText()).toBe('motd');
  const changes = visitor.byTestId('xray-changes');
  expect(await changes.innerText()).toContain('/home/student/merged/motd is deleted: a whiteout');
  const upper = layers.getByRole('row').filter({ hasText: /^Upper/ });
  expect(await upper.innerText()).toContain(texts.layers.whiteout('motd'));
  expect(await upper.innerText()).toContain(texts.layers.file('new'));

  const time = visitor.byTestId('xray-time').getByRole('slider');
  await time.focus();
  const isBefore = async (): Promise<boolean> =>
    (await layers.count()) === 1 && (await deleted.count()) === 0;
  for (let back = 0; back < 20 && !(await isBefore()); back += 1) await time.press('ArrowLeft');
  expect(await upper.innerText()).toMatch(/nothing$/);
  for (let back = 0; back < 20 && (await layers.count()) > 0; back += 1) {
    await time.press('ArrowLeft');
  }
  expect(await layers.count()).toBe(0);
  await visitor.byTestId('xray-time').getByRole('button').click();
  expect(await deleted.innerText()).toBe('motd');
});

test('overlays beyond those that are drawn are counted in words', async () => {
  const visitor = await stage.start({ path: pidChapter });
  await visitor.byTestId('xray-process').first().waitFor();
  await tab(visitor, 'mounts');
  const note = visitor.byTestId('xray-hidden-mounts');
  const layers = visitor.byTestId('xray-layers');
  await visitor.type(
    1,
    `for i in $(seq ${OVERLAYS + 2}); do mkdir l$i m$i; sudo mount -t overlay -o lowerdir=/etc:l$i overlay m$i; done`,
  );
  await note.waitFor();
  await visitor.until(async () => (await layers.count()) === OVERLAYS, 'the layers');
  await visitor.until(
    async () => (await note.innerText()) === texts.layers.others(2),
    'the number',
  );
  await visitor.type(1, 'sudo umount m1 m2; sleep 1');
  await note.waitFor({ state: 'detached' });
  expect(await layers.count()).toBe(OVERLAYS);
});

test('a namespace that a mount or a descriptor keeps is in the picture and the table, until it is gone', async () => {
  const visitor = await stage.start({ path: pidChapter });
  await visitor.byTestId('xray-process').first().waitFor();
  await visitor.type(1, 'sudo ip netns add box; sleep 1');
  const kept = visitor.byTestId('xray-kept');
  await kept.waitFor();
  expect(await kept.innerText()).toContain('net·1');
  expect(await kept.innerText()).toContain('kept by a mount at /run/netns/box');
  await visitor.type(
    2,
    `sudo unshare --net bash -c 'exec 5</proc/self/ns/net; exec nsenter --net=/proc/1/ns/net sleep 4323' & sleep 1`,
  );
  await visitor.until(
    async () => /descriptor 5 of process \d+/.test(await kept.innerText()),
    'the namespace that a descriptor keeps',
  );

  await tab(visitor, 'namespaces');
  const row = visitor.byTestId('xray-owners').getByRole('row').filter({ hasText: 'net·1' });
  expect((await row.innerText()).split(/\s*\t\s*/)).toEqual([
    'net·1',
    texts.ofLab,
    texts.spaces.none,
    'a mount at /run/netns/box',
  ]);
  await visitor.type(1, 'sudo ip netns del box; sleep 1');
  await visitor.until(async () => (await row.count()) === 0, 'the end of the namespace');
  const changes = visitor.byTestId('xray-changes');
  expect(await changes.innerText()).toContain('namespace net·1 is gone');
  await visitor.type(1, 'sudo pkill -fx "sleep 4323"');
});
