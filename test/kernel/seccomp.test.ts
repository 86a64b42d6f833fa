// Calls what labs may never call, as root of the lab, and wants EPERM from the filter. Numbers are those of
// x86-64; elsewhere the filter is asked for and its refusals prove nothing here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelHouse } from './kernel-house.ts';
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
  acct: 163,
  add_key: 248,
  bpf: 321,
  clock_adjtime: 305,
  clock_settime: 227,
  delete_module: 176,
  fanotify_init: 300,
  finit_module: 313,
  init_module: 175,
  io_uring_setup: 425,
  ioperm: 173,
  iopl: 172,
  kexec_file_load: 320,
  kexec_load: 246,
  keyctl: 250,
  lookup_dcookie: 212,
  mbind: 237,
  migrate_pages: 256,
  move_pages: 279,
  nfsservctl: 180,
  open_by_handle_at: 304,
  perf_event_open: 298,
  quotactl: 179,
  quotactl_fd: 443,
  reboot: 169,
  request_key: 249,
  set_mempolicy: 238,
  settimeofday: 164,
  swapoff: 168,
  swapon: 167,
  sysfs: 139,
  syslog: 103,
  uselib: 134,
  userfaultfd: 323,
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
    '[L6] what Docker refuses and no lesson needs is refused to root of the lab, call by call',
    async () => {
      const calls = Object.entries(refused);
      const script = `perl -e 'while (my ($name, $number) = splice @ARGV, 0, 2) {
      my $result = syscall($number, 0, 0, 0, 0, 0); print "$name ", $result == -1 ? $! + 0 : "allowed", "\\n" }' ${calls.flat().join(' ')}`;
      const { output } = await lab.sudo(script);
      expect(output.split('\n')).toEqual(calls.map(([name]) => `${name} 1`));
    },
  );

  test.each([
    ['AF_ALG', 38],
    ['AF_VSOCK', 40],
    ['AF_XDP', 44],
    ['AF_BLUETOOTH', 31],
    ['AF_CAN', 29],
    ['AF_TIPC', 30],
    ['AF_RDS', 21],
    ['AF_KCM', 41],
    ['AF_SMC', 43],
    ['AF_X25', 9],
  ])('[L6] sockets of %s are refused', async (_, family) => {
    const { output } = await lab.sudo(
      `perl -e 'print socket(my $s, ${family}, $_, 0) ? "open" : $! + 0, " " for 1, 2, 3, 5'`,
    );
    expect(output).toBe('1 1 1 1');
  });

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

  test.skipIf(isElsewhere)('[L6] a call by an x32 number ends the caller', async () => {
    const { output } = await lab.run(
      `perl -e 'syscall(0x40000027); print "went", " on"'; echo "ended $?"`,
    );
    expect(output).toMatch(/ended 159$/);
    expect(output).not.toContain('went on');
  });

  test.skipIf(isElsewhere)('[L6] a call by the i386 door ends the caller', async ({ skip }) => {
    // Code written into memory that may be executed, and called: alone `ret`, then int 0x80 before it.
    const call = (code: string) =>
      lab.run(`perl -MDynaLoader -e 'pipe(R, W); syswrite(W, "${code}");
        my $at = syscall(9, 0, 4096, 7, 0x22, -1, 0); syscall(0, fileno(R), $at, 16);
        &{DynaLoader::dl_install_xsub("main::door", $at)}(); print "went", " on"'; echo " ended $?"`);
    expect((await call(String.raw`\xc3`)).output).toContain('went on');
    // push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
    const { output } = await call(String.raw`\x53\xb8\x14\0\0\0\xcd\x80\x5b\xc3`);
    expect(output).not.toContain('went on');
    if (output.includes('ended 139')) skip('this kernel has no i386 door: proves nothing here');
    expect(output).toMatch(/ended 159$/);
  });

  test.each([
    ['kernel.core_pattern', '/proc/sys/kernel/core_pattern'],
    ['vm.drop_caches', '/proc/sys/vm/drop_caches'],
    ['vm.overcommit_memory', '/proc/sys/vm/overcommit_memory'],
    ['kernel.panic', '/proc/sys/kernel/panic'],
    ['fs.file-max', '/proc/sys/fs/file-max'],
    ['sysrq', '/proc/sysrq-trigger'],
    ['the OOM score of PID 1', '/proc/1/oom_score_adj'],
  ])('[L6] root of the lab cannot write %s of the lab host', async (_, file) => {
    const { output } = await lab.sudo(`(echo -999 > ${file}) 2>&1; true`);
    expect(output).toMatch(/Permission denied|Read-only|No such file|not permitted/);
  });

  test('[L6] the clock, the log of the kernel and the priority of processes are out of reach', async () => {
    const { output } = await lab.sudo(
      'date -s 2020-01-01 2>&1 | head -1; dmesg 2>&1 | head -1; nice -n -5 true 2>&1',
    );
    expect(output).toMatch(/date: cannot set date: Operation not permitted/);
    expect(output).toMatch(/dmesg: read kernel buffer failed: Operation not permitted/);
    expect(output).toMatch(/nice: cannot set niceness: Permission denied/);
  });
});
