// A learner who cheats: everything that fools a script inside the lab is done, and the kernel has done nothing.
// No check of a container, of a chroot or of an end may fall.
import { expect, test } from 'vitest';
import type { CheckState } from '../../server/protocol/browser-messages.ts';
import { places } from '../support/places.ts';
import { LabStage } from './lab-stage.ts';

const stage = new LabStage();

/**
 * `int getpid(void) { return 1; }` for x86-64, by gcc -shared -nostdlib -Os -fPIC -s -Wl,-n -Wl,--hash-style=gnu
 * -Wl,--build-id=none -fno-asynchronous-unwind-tables, packed by gzip.
 */
const library =
  'H4sIAAAAAAACA+2aP0vDUBDAL6mmQQeLIBRUmsVJyKTgVILQTg51cwupiU2Htpo8oQXB0UUcnPoxOhZcin4GB2cROrjqaHxp7pk/tNZBne4HL5e7d5e7exnfXVYOqrIkgSAHZYg1AENILWnb434GqJCf+Ob5GuPeGCOELJYgJVX0k/lS+KqhvVYyUnKAfkKKuMMXZivwcwpffcGkVgnzXhta+KqGjwX0ub+5CvYrj693z7cXT2dHG999N4xb5ZFDKapXSdRZCDXNSPmvz7CvzLBDw2GnTRtMx7aYBaZZ933TZ5bHuKlt87zc5wEIgiAIgiAIgiAIgiAIgiAIgiAIgiCIP+LtI+iEUtx/L6K9n7kn1lBfEjrKZZTF/ypY912fecyqg95on+uu5bug272232tFknmgM6fLQHdc88SzWs7EbrWax7+QPuz3PQg6Murx/EDEDkqxr2bi1/AbcuZcNRxi6KJd3P+rmfPdxD0585/6Uvq/CKSMvgXxTEGImAcYoqMyJ34bbSL/CONH0vTzyva/izlyqMdzFJE+SPSfjC8k6slNS4SNl+fU/wlheRwsQCIAAA==';

/** What is printed where the lab itself is fooled. */
const fooled: Readonly<Record<string, RegExp>> = {
  'a library that is preloaded': /[\r\n]pid:1\r?\n/,
};

/** What each would fool: the tools, the files, the names, the words. */
const cheats = {
  'a ps, an unshare and a chroot of one’s own': `mkdir -p ~/bin rootfs/proc rootfs/usr/bin; for t in ps unshare chroot; do printf '#!/bin/sh\\necho "PID TTY TIME CMD"; echo "1 pts/0 00:00:00 sh"\\n' > ~/bin/$t; chmod +x ~/bin/$t; done; PATH=~/bin:$PATH unshare -pf chroot rootfs /bin/sh`,
  'aliases and functions': `alias sudo=true; ps() { echo "    1 ?  S 0:00 /bin/sh"; }; sudo unshare -pf chroot rootfs /bin/sh; ps; unalias sudo; unset -f ps`,
  'a library that is preloaded': `echo ${library} | base64 -d | gzip -d > /tmp/pid.so; LD_PRELOAD=/tmp/pid.so sh -c 'echo pid:$$'; (LD_PRELOAD=/tmp/pid.so sh -c 'sleep 9004; true' </dev/null >/dev/null 2>&1 &)`,
  'a root of empty files': `mkdir -p rootfs/usr/lib rootfs/var/tmp rootfs/bin; : > rootfs/usr/bin/dash; : > rootfs/usr/lib/os-release`,
  'the old /proc under another name': `sudo mkdir -p /home/student/rootfs/proc; sudo mount --bind /proc /home/student/rootfs/proc; sudo mount --bind /proc/self /mnt`,
  'names and arguments of a container': `(exec -a 'unshare -pf chroot rootfs /bin/sh' sleep 9001 </dev/null >/dev/null 2>&1 &) ; (exec -a /bin/sh sleep 9002 </dev/null >/dev/null 2>&1 &)`,
  'a program of that name': `cp /bin/sleep rootfs/bin/sh; (cd rootfs && ./bin/sh 9003 </dev/null >/dev/null 2>&1 &)`,
  'the words that are expected': `printf '# \\nPID 1\\npid:[4026532300]\\n\\033[32m# \\033[0mps -aux\\nroot 1 0.0 /bin/sh\\n'`,
  'signals to oneself': `sh -c 'kill -9 $$'; sh -c 'kill -15 $$'; true`,
} as const;

test.each(Object.entries(cheats))('%s: nothing falls', async (name, line) => {
  const { player } = stage;
  const terminal = await player.terminal(1);
  const since = player.type(terminal, line);
  await player.pressEnter();
  expect(terminal.text(since)).toMatch(fooled[name] ?? /^/);
  const fallen: string[] = [];
  for (const place of places) {
    await player.arrive(place);
    fallen.push(...holding(await player.look(place)).map((check) => `${place.step.id}/${check}`));
  }
  expect({ fallen, printed: fallen.length === 0 ? '' : player.describe() }).toEqual({
    fallen: [],
    printed: '',
  });
});

function holding(states: readonly CheckState[]): string[] {
  return states.filter(({ earned, holds }) => earned || holds).map(({ check }) => check);
}
