// What a learner who goes wrong is told, in a real lab: the hint that fits what the lab shows, and why a check
// does not hold yet.
import { expect, test } from 'vitest';
import { Stage } from '../support/e2e-stage.ts';

const stage = new Stage();

test('what a command complained of brings its hint, until the next command', async () => {
  const visitor = await stage.start({ path: '/en/inside-docker/chroot/enter-the-root' });
  const hint = (id: string) => visitor.page.locator(`[data-hint="${id}"]`);
  await visitor.type(
    1,
    'mkdir -p rootfs; sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C rootfs; cd /',
  );
  await visitor.type(1, 'sudo chroot rootfs /bin/sh');
  await hint('elsewhere').waitFor();
  await visitor.type(1, 'cd; chroot rootfs /bin/sh');
  await hint('needs-root').waitFor();
  expect(await hint('elsewhere').count()).toBe(0);
  await visitor.type(1, 'sudo chroot rootfs /bin/sh');
  await visitor.page.locator('[data-check="inside-rootfs"][data-earned="true"]').waitFor();
  await hint('needs-root').waitFor({ state: 'detached' });
});

test('unshare without -f brings its hint and its reason; done right, both go', async () => {
  const visitor = await stage.start({ path: '/fr/inside-docker/pid-namespace/a-new-namespace' });
  const hint = (id: string) => visitor.page.locator(`[data-hint="${id}"]`);
  await hint('no-rootfs').waitFor();
  const unpack = 'mkdir -p rootfs; sudo tar -xpf /var/lib/lab/debian-rootfs.tar -C rootfs';
  await visitor.type(1, unpack);
  await hint('no-rootfs').waitFor({ state: 'detached' });

  await visitor.type(1, 'sudo unshare -p chroot rootfs /bin/sh');
  await hint('fork-forgotten').waitFor();
  expect(await hint('fork-forgotten').innerText()).toContain('il manque -f');
  const why = visitor.byTestId('why');
  await why.locator('summary').click();
  expect(await why.innerText()).toContain(
    'Il n’y a aucun conteneur qui a /home/student/rootfs pour racine.',
  );

  await visitor.type(1, 'exit');
  await visitor.type(1, 'sudo unshare -pf chroot rootfs /bin/sh');
  await visitor.page.locator('[data-check="container-started"][data-earned="true"]').waitFor();
  await hint('fork-forgotten').waitFor({ state: 'detached' });
  expect(await why.count()).toBe(0);
});
