// Tries to hear, reach and wear out what is outside the lab's network namespace. docs/ATTACKS.md, A41 and A43
// to A46. Knows no file system.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asSomeRoot, perl } from './perl.ts';
import type { By } from '../learner-lab.ts';
import { provesNothingHere, openScene, testAttacks, type Attack } from './scene.ts';

const scene = openScene();
const words = randomUUID();
/** Its own network namespace, with a loopback device: what is spoilt there is gone with the command. */
const inNewNetwork = (by: By, script: string) =>
  `${asSomeRoot(by, '-n')} bash -c '${script.replaceAll("'", String.raw`'\''`)}'`;

/** Does `provoke` on the lab host again and again while the script listens, and says what the script heard. */
async function listenWhile(by: By, script: string, provoke: () => unknown): Promise<string> {
  const again = setInterval(() => void provoke(), 50);
  try {
    return (await scene.run(by, script)).output;
  } finally {
    clearInterval(again);
  }
}

/** Reads for a second or two what comes to $s, calls $own meanwhile, and counts what is its own and what is not. */
const listen = (own: string, ownPattern: string, foreignPattern: string) =>
  `fcntl($s, 4, 2048); my ($mine, $theirs, $until) = (0, 0, time + 2);
   while (time < $until) {
     ${own}; select(undef, undef, undef, 0.05);
     while (defined recv($s, my $got, 65535, 0)) { $mine++ if $got =~ /${ownPattern}/; $theirs++ if $got =~ /${foreignPattern}/ } }
   print $mine > 0 ? "hears itself" : "deaf", ", others $theirs times"`;

describe.each(['root', 'student'] as const)('by %s', (by) => {
  test(`[A41] a socket for all packets hears its own network alone, by ${by}`, async () => {
    const program = `socket(my $s, 17, 3, 768) or die "packets: $!"; socket(my $u, 2, 2, 0);
      my $to = pack("Sna4x8", 2, 9, pack("C4", 127, 0, 0, 1)); ${listen('send($u, "own-words", 0, $to)', 'own-words', words)}`;
    const network = inNewNetwork(by, `ip link set lo up; ${perl(program)}`);
    const script = by === 'root' ? perl(program) : network;
    // The page's own port, over the loopback device of the lab host.
    const output = await listenWhile(by, script, () =>
      fetch(`${scene.house.house.url}/${words}`).catch(() => undefined),
    );
    expect(output).toBe('hears itself, others 0 times');
  });

  test(`[A43] devices of the lab host are not heard of, by ${by}`, async (context) => {
    const device = '/sys/class/mem/null/uevent';
    if (!existsSync(device)) provesNothingHere(context, 'this machine shows no /dev/null in sysfs');
    const program = `socket(my $s, 16, 3, 15) or die "uevents: $!"; bind($s, pack("SSLL", 16, 0, 0, 1)) or die "bind: $!";
      my $n = 0; ${listen('$n++ || system("ip link add heard0 type veth peer name heard1")', 'heard', 'virtual.mem.null')}`;
    const output = await listenWhile(by, inNewNetwork(by, perl(program)), () =>
      writeFileSync(device, 'change'),
    );
    expect(output).toBe('hears itself, others 0 times');
  });

  test(`[A43] what is audited and which processes start and end elsewhere is not heard, by ${by}`, async () => {
    const script = perl(`for my $protocol (9, 11) {
        my ($from, $n) = (pack("SSLL", 16, 0, 0, 1), 0);
        my $s; if (socket($s, 16, 3, $protocol) && bind($s, $from)) {
          send($s, pack("LSSLLLLLLSSL", 40, 3, 0, 1, $$, 1, 1, 1, 0, 4, 0, 1), 0, pack("SSLL", 16, 0, 0, 0));
          fcntl($s, 4, 2048); for (1 .. 20) { select(undef, undef, undef, 0.05); $n++ while defined recv($s, my $got, 65535, 0) } }
        print "$protocol hears $n\\n" }`);
    const output = await listenWhile(by, script, () => spawnSync('true'));
    // An answer that refuses is a message too: of 20 starts and ends of processes at least as many would come.
    expect(output).toMatch(/^9 hears [01]\n11 hears [01]$/);
  });
});

const resolvers = () =>
  [...readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^nameserver\s+(\S+)/gm)].map(
    ([, address = '']) => address,
  );
/** Whatever this machine is called by others, and what others are called by. */
const addresses = () => [
  ...Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
  ...resolvers(),
  '169.254.169.254',
  'fd00:ec2::254',
  '10.0.0.1',
  '192.168.1.1',
  '8.8.8.8',
];

let listener: Server;
/** In the abstract name space of the lab host, where no file guards it. */
const abstractName = `coulisse-${words}`;

beforeAll(async () => {
  listener = createServer((socket) => socket.end('reached')).listen(`\0${abstractName}`);
  await once(listener, 'listening');
});

afterAll(() => {
  listener.close();
});

const portsOf = () => [new URL(scene.house.house.url).port, '53', '80', '22'].join(' ');
const connections = () =>
  existsSync('/proc/sys/net/netfilter/nf_conntrack_count')
    ? Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_count', 'utf8'))
    : 0;

const attacks: readonly Attack[] = [
  {
    clause: 'A44',
    title: 'neither server, metadata service, DNS nor anything else is reached, by any address',
    script: () =>
      `for address in ${[...new Set(addresses())].join(' ')}; do for port in ${portsOf()}; do
         timeout 5 bash -c "echo > /dev/tcp/$address/$port" 2>/dev/null && echo "reached $address $port"; done
         timeout 5 bash -c "echo x > /dev/udp/$address/53" 2>/dev/null && case $address in 127.*|::1) ;; *) echo "sent to $address"; esac; done
       getent hosts example.org || echo 'no name'`,
    shows: /^no name$/,
  },
  {
    clause: 'A45',
    title: 'ports are used up in the network that they were taken in',
    script: (_, by) =>
      inNewNetwork(
        by,
        `ip link set lo up; echo "40000 40009" > /proc/sys/net/ipv4/ip_local_port_range; ${perl(
          `my @kept; for (1 .. 20) { socket(my $s, 2, 1, 0);
             bind($s, pack("Sna4x8", 2, 0, pack("C4", 127, 0, 0, 1))) or do { print "$!"; last };
             listen($s, 1); push @kept, $s } print " after ", scalar(@kept)`,
        )}`,
      ),
    shows: /^Address already in use after 10$/,
    untouched: () => readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'),
  },
  {
    clause: 'A45',
    title: 'tracked connections are counted in the network that they were made in',
    script: (_, by) =>
      inNewNetwork(
        by,
        `ip link set lo up; nft add table ip t; nft add chain ip t c "{ type filter hook output priority 0; }"
         nft add rule ip t c ct state new counter; ${perl(
           `socket(my $s, 2, 2, 0); for my $port (1 .. 20000) {
              send($s, "x", 64, pack("Sna4x8", 2, $port, pack("C4", 127, 0, 0, 1))) }`,
         )}; test $(cat /proc/sys/net/netfilter/nf_conntrack_count) -ge 20000 && echo counted
         (echo 10 > /proc/sys/net/netfilter/nf_conntrack_max) 2>/dev/null; (echo 10 > /proc/sys/net/netfilter/nf_conntrack_buckets) 2>/dev/null; true`,
      ),
    shows: /^counted$/,
    // Others use this machine too, but not so much.
    untouched: () => connections() < 20_000,
  },
  {
    clause: 'A46',
    title: 'abstract sockets of the lab host and of a neighbour refuse',
    script: `socat - ABSTRACT-CONNECT:${abstractName} 2>&1; socat - ABSTRACT-CONNECT:of-neighbour 2>&1
      (socat ABSTRACT-LISTEN:${words} - </dev/null >/dev/null 2>&1 &)
      until grep -q '@${words}' /proc/net/unix; do :; done; echo x | socat - ABSTRACT-CONNECT:${words} && echo 'its own answers'
      grep -c -e of-neighbour -e ${abstractName} /proc/net/unix`,
    shows: /^(.*refused\n){2}its own answers\n0$/,
  },
];

describe('what is outside', () => {
  beforeAll(async () => {
    const { output } = await scene.neighbour
      .run(`(socat ABSTRACT-LISTEN:of-neighbour,fork EXEC:'echo reached' </dev/null >/dev/null 2>&1 &)
        until grep -q @of-neighbour /proc/net/unix; do :; done; socat - ABSTRACT-CONNECT:of-neighbour`);
    if (output !== 'reached') throw new Error(`the neighbour cannot reach its own: ${output}`);
  });
  testAttacks(scene, attacks);
});
