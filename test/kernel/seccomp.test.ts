// Calls what labs may never call, as root of the lab, and wants EPERM from the filter. Numbers are those of
// x86-64; elsewhere the filter is asked for and its refusals prove nothing here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelHouse } from './kernel-house.ts';
import { provesNothingHere } from './attacks/scene.ts';
import { statusOf } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

let house: KernelHouse;
let lab: LearnerLab;

beforeAll(async () => {
  house = await KernelHouse.open();
  lab = await house.enter();
});

afterAll(() => house.close());

/** Numbers by name (arch/x86/entry/syscalls/syscall_64.tbl). */
const refused: Record<string, number> = {
  fanotify_init: 300,
  lookup_dcookie: 212,
  mbind: 237,
  migrate_pages: 256,
  move_pages: 279,
  nfsservctl: 180,
  set_mempolicy: 238,
  sysfs: 139,
  uselib: 134,
  ustat: 136,
};
/** Elsewhere calls have other numbers. */
const isElsewhere = process.arch !== 'x64';

describe('[L6] system calls', () => {
  test('[L6] PID 1 and every terminal run under one filter, with no_new_privs off so that sudo works', async () => {
    await lab.run('true');
    for (const pid of lab.processes()) {
      expect(statusOf(pid, 'Seccomp')).toBe('2');
      expect(statusOf(pid, 'NoNewPrivs')).toBe('0');
    }
  });

  test.skipIf(isElsewhere)(
    '[L6] what Docker refuses, no lesson needs and no attack tries is refused to root of the lab, call by call',
    async () => {
      const calls = Object.entries(refused);
      const script = `perl -e 'while (my ($name, $number) = splice @ARGV, 0, 2) {
      my $result = syscall($number, 0, 0, 0, 0, 0); print "$name ", $result == -1 ? $! + 0 : "allowed", "\\n" }' ${calls.flat().join(' ')}`;
      const { output } = await lab.sudo(script);
      expect(output.split('\n')).toEqual(calls.map(([name]) => `${name} 1`));
    },
  );

  test.each([
    ['AF_UNIX', 1, 1],
    ['AF_INET', 2, 1],
    ['AF_INET6', 10, 2],
    ['AF_NETLINK', 16, 3],
    ['AF_PACKET', 17, 3],
  ])('[L6] sockets of %s, which lessons need, are not', async (_, family, type) => {
    const { output } = await lab.sudo(
      `perl -e 'print socket(my $s, ${family}, ${type}, 0) ? "open" : $!'`,
    );
    expect(output).toBe('open');
  });

  test.skipIf(isElsewhere).each(['run', 'sudo'] as const)(
    '[L6] [A42] a call by an x32 number ends the caller, by %s',
    async (by) => {
      const { output } = await lab[by](
        `perl -e 'syscall(0x40000027); print "went", " on"'; echo "ended $?"`,
      );
      expect(output).toMatch(/ended 159$/);
      expect(output).not.toContain('went on');
    },
  );

  test.skipIf(isElsewhere).for(['run', 'sudo'] as const)(
    '[L6] [A42] a call by the i386 door ends the caller, by %s',
    async (by, context) => {
      // Code written into memory that may be executed, and called: alone `ret`, then int 0x80 before it.
      const call = (code: string) =>
        lab[by](`perl -MDynaLoader -e 'pipe(R, W); syswrite(W, "${code}");
        my $at = syscall(9, 0, 4096, 7, 0x22, -1, 0); syscall(0, fileno(R), $at, 16);
        &{DynaLoader::dl_install_xsub("main::door", $at)}(); print "went", " on"'; echo " ended $?"`);
      expect((await call(String.raw`\xc3`)).output).toContain('went on');
      // push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
      const { output } = await call(String.raw`\x53\xb8\x14\0\0\0\xcd\x80\x5b\xc3`);
      expect(output).not.toContain('went on');
      if (output.includes('ended 139')) {
        provesNothingHere(context, 'this kernel has no i386 door: proves nothing here');
      }
      expect(output).toMatch(/ended 159$/);
    },
  );

  test('[L6] the clock, the log of the kernel and the priority of processes are out of reach', async () => {
    const { output } = await lab.sudo(
      'date -s 2020-01-01 2>&1 | head -1; dmesg 2>&1 | head -1; nice -n -5 true 2>&1',
    );
    expect(output).toMatch(/date: cannot set date: Operation not permitted/);
    expect(output).toMatch(/dmesg: read kernel buffer failed: Operation not permitted/);
    expect(output).toMatch(/nice: cannot set niceness: Permission denied/);
  });
});
