// Tries to touch what runs beside the lab: processes, messages and namespaces of a neighbour and of the lab
// host, and the programs that enter a lab. docs/ATTACKS.md, A47 to A56. Knows no file system.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOf, statusOf, until } from '../kernel-view.ts';
import { openTerminal, type LearnerLab } from '../learner-lab.ts';
import { digestOfFile } from './host-state.ts';
import { otherNumbers, perl } from './perl.ts';
import { openScene, testAttacks, type Attack, type Scene } from './scene.ts';

const scene = openScene();
let sentinel: ChildProcess;

beforeAll(async () => {
  sentinel = spawn('sleep', ['600'], { stdio: 'ignore' });
  await scene.neighbour.run('true');
});

afterAll(() => {
  sentinel.kill();
});

/** Numbers of processes outside the lab, as the lab host and the neighbour count them. */
const outside = ({ neighbour, house: { house } }: Scene) =>
  [
    ...neighbour.processes(),
    neighbour.init,
    sentinel.pid ?? 0,
    process.pid,
    house.pidOf('keeper'),
    house.pidOf('link'),
  ].join(' ');
const stillThere = () =>
  [...scene.neighbour.processes(), sentinel.pid ?? 0].map((pid) => [
    pid,
    readOf(pid, 'stat')?.split(' ')[21],
    statusOf(pid, 'State').startsWith('T'),
  ]);

/** Numbers that nobody in the lab has, tried by `attempt`; what works is printed. */
const forEachOutside = (current: Scene, attempt: string) =>
  perl(`my $tried = 0; for my $number (qw(${outside(current)})) { my $pid = $number + 0; next if -d "/proc/$pid"; $tried++; ${attempt} }
    print "tried ", $tried > 3 ? "many" : $tried`);

const attacks: readonly Attack[] = [
  {
    clause: 'A47',
    title: 'no process outside can be traced, read, written, or held by a descriptor',
    lacks: otherNumbers,
    script: (current) =>
      forEachOutside(
        current,
        `my $here = "\\0" x 8; my $mine = pack("PQ", $here, 8); my $theirs = pack("QQ", 0x400000, 8);
         my %calls = (attach => [101, 16, $pid, 0, 0], seize => [101, 0x4206, $pid, 0, 0], read => [310, $pid, $mine, 1, $theirs, 1, 0],
           write => [311, $pid, $mine, 1, $theirs, 1, 0], descriptor => [434, $pid, 0], compare => [312, $$, $pid, 0, 0, 0], limit => [302, $pid, 7, 0, $here . $here]);
         for my $name (sort keys %calls) { my @words = @{$calls{$name}};
           my $result = syscall($words[0], @words[1 .. $#words]); print "$name $pid: $!\\n" unless $result == -1 && $!{ESRCH} }`,
      ),
    shows: /^tried many$/,
    untouched: stillThere,
  },
  {
    clause: 'A48',
    title: 'no signal goes to a process outside, by any number up to the largest',
    script: (current) =>
      `${forEachOutside(current, 'for my $signal (0, 9, 19) { print "signalled $pid\\n" if kill($signal, $pid) || !$!{ESRCH} }')}
       ${perl('opendir(my $all, "/proc"); print map { "$_ is there\\n" } grep { (kill(0, $_) || $!{EPERM}) && !-d "/proc/$_" } 2 .. 33000')}`,
    shows: /^tried many$/,
    untouched: stillThere,
  },
  {
    clause: 'A49',
    title: 'queues, semaphores and shared memory of a neighbour are not there',
    script: `${perl('print msgget(77, 0) // "$!", "\\n", semget(77, 1, 0) // "$!", "\\n", shmget(77, 64, 0) // "$!", "\\n"')}
      ls /dev/mqueue /dev/shm; cat /proc/sysvipc/msg /proc/sysvipc/sem /proc/sysvipc/shm | wc -l`,
    shows: /^(No such file or directory\n){3}\/dev\/mqueue:\n\n\/dev\/shm:\n3$/,
  },
  {
    clause: 'A51',
    title: 'no namespace above the lab’s own is reached by a descriptor',
    script: `${perl(`for (["user", 0xb701], ["user", 0xb702], ["pid", 0xb702]) { my ($kind, $ask) = @$_;
        open(my $own, "<", "/proc/self/ns/$kind") or die $!; print defined ioctl($own, $ask, 0) ? "reached" : "$!", "\\n" }`)}
      readlink /proc/[0-9]*/fd/* 2>/dev/null | grep -cE '^(cgroup|ipc|mnt|net|pid|time|user|uts):'`,
    shows: /^(Operation not permitted\n){3}0$/,
  },
  {
    clause: 'A52',
    title: 'no process has a descriptor of the lab host',
    // By name it must be what the lab has there; a PTY, a pipe and a socket have no name to look for.
    script: perl(`for my $fd (glob("/proc/[0-9]*/fd/*")) {
        my @is = stat($fd) or next; my $name = readlink($fd) // next; my @named = stat($name);
        next if -p $fd || -S $fd || (-c $fd && ($is[6] >> 8) =~ /^(5|13[6-9])$/) || (@named && "@is[0, 1]" eq "@named[0, 1]");
        print "$name\n" } print "tried"`),
    shows: /^tried$/,
  },
  {
    clause: 'A53',
    title: 'no environment that can be read holds a word of the lab host',
    script: `cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -v ^SUDO_COMMAND= | grep -icE 'coulisse|keeper|node|secret|/sys/fs/cgroup'`,
    shows: /^0$/,
  },
  {
    clause: 'A56',
    title: 'no terminal but its own takes typed words, and none is a console',
    // A blank, before whatever this suite types next.
    script:
      perl(`for my $path (glob("/dev/pts/[0-9]*"), "/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/vcs") {
        sysopen(my $at, $path, 0402) or do { print "$path no\\n" unless $path =~ /pts|tty$/; next };
        my $blank = " "; my $paste = "\\x03" . "\\0" x 16; my $none = 0;
        print "TIOCLINUX\\n" if defined ioctl($at, 0x541C, $paste);
        print "TIOCCONS\\n" if defined ioctl($at, 0x541D, $none);
        print "VT\\n" if defined ioctl($at, 0x5603, $paste);
        $typed{$path} = defined ioctl($at, 0x5412, $blank) ? 1 : 0 }
      print scalar(grep { $_ } map { $typed{$_} } grep { /pts/ } keys %typed) <= 1 ? "its own" : "others"`),
    shows: /^\/dev\/console no\n\/dev\/tty0 no\n\/dev\/tty1 no\n\/dev\/vcs no\nits own$/,
  },
];

describe('beside it', () => {
  beforeAll(async () => {
    const { output } = await scene.neighbour.sudo(`ipcmk -Q; ipcmk -M 64; ipcmk -S 1
      ${perl('msgget(77, 0666 | 512); semget(77, 1, 0666 | 512); shmget(77, 64, 0666 | 512)')}
      touch /dev/mqueue/theirs; echo secret > /dev/shm/theirs; ipcs | grep -c 0x`);
    if (!output.endsWith('\n6')) throw new Error(`the neighbour could not make them: ${output}`);
  });
  testAttacks(scene, attacks);
});

test('[A49] what a lab makes is not among the queues and shared memory of the lab host', () => {
  const bases = [scene.lab, scene.neighbour].map(({ init }) =>
    Number(statusOf(init, 'Uid').split(' ')[0]),
  );
  const isOfALab = (id: number) => bases.some((base) => id >= base && id < base + 65_536);
  const queues = ['msg', 'sem', 'shm'].flatMap((kind) =>
    readFileSync(`/proc/sysvipc/${kind}`, 'utf8').split(/\s+/).map(Number),
  );
  const owners = readdirSync('/dev/shm').map(
    (name) => statSync(`/dev/shm/${name}`, { throwIfNoEntry: false })?.uid ?? 0,
  );
  expect([...queues, ...owners].filter(isOfALab)).toEqual([]);
});

test('[A48] root that kills everybody kills its own lab’s processes, and the lab itself lives on', async () => {
  const lab = await scene.house.enter();
  const before = stillThere();
  const terminal = await openTerminal(lab.client);
  const { init } = lab;
  terminal.type(`sudo -n perl -e 'kill "KILL", -1; kill "KILL", 1 .. 33000'\n`);
  await terminal.exited();
  expect(stillThere()).toEqual(before);
  expect(lab.init).toBe(init);
  expect((await lab.run('echo alive')).output).toBe('alive');
});

/** Looks at everything that enters the lab, until it is told to stop, and says what is of the lab host. */
const watch = perl(`
  my %lab = map { (stat((split / /)[1]))[0] => 1 } do { open(my $f, "<", "/proc/self/mounts"); <$f> };
  my %said; my $until = time + 25;
  while (!-e "/tmp/enough" && time < $until) {
    opendir(my $all, "/proc");
    for my $pid (grep { /^[0-9]+$/ } readdir($all)) {
      for my $place ("cwd", "root") {
        my @at = stat("/proc/$pid/$place"); $said{"$place of the lab host"} = 1 if @at && !$lab{$at[0]} }
      my $path = readlink("/proc/$pid/exe"); next unless defined $path;
      my @there = stat("/proc/$pid/exe"); my @here = stat($path); $looked++;
      next if @there && @here && "@there[0, 1]" eq "@here[0, 1]";
      $foreign = 1 if @there;
      sysopen(my $kept, "/proc/$pid/exe", 010000000) or next;
      for my $way ("/proc/$pid/exe", "/proc/self/fd/" . fileno($kept)) {
        $said{"$path can be written"} = 1 if sysopen(my $out, $way, 1) } } }
  print join("; ", sort keys %said), $looked > 50 ? "watched" : "slept", $foreign ? " a foreign program" : ""`);

test('[A54] [A55] what enters a lab whose shell is a trap is neither overwritten nor found in a foreign place', async () => {
  const lab: LearnerLab = await scene.house.enter();
  // The spawner's copies are Node until they become the shell.
  const programs = [process.execPath];
  const before = programs.map(digestOfFile);
  await lab.sudo(
    `cp /bin/bash /bin/kept; printf '#!/proc/self/exe\\n' > /bin/trap; chmod +x /bin/trap`,
  );
  const watching = lab.sudo(
    `mv /bin/trap /bin/bash; ${watch}; cp /bin/kept /bin/bash.new; mv /bin/bash.new /bin/bash`,
    40_000,
  );
  // The trap runs the entering program as itself over and over: it is there long enough to be seen.
  const trapped = await Promise.all([1, 2, 3].map(() => lab.client.open()));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  for (const terminal of trapped) terminal.hangUp();
  const helper = `/proc/${lab.init}/root/tmp/enough`;
  await until('the watcher has ended', async () => {
    spawn('touch', [helper], { stdio: 'ignore' });
    return Promise.race([
      watching.then(() => true),
      new Promise((resolve) => setTimeout(() => resolve(false), 200)),
    ]);
  });
  expect((await watching).output).toMatch(/^watched( a foreign program)?$/);
  expect(programs.map(digestOfFile)).toEqual(before);
  expect((await openTerminal(lab.client)).text()).toContain('student');
});
