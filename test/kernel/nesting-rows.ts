// The nesting table as data: what a learner can do in a lab, by a script of student with sudo, and what the
// script shows when it works. docs/LAB.md has the same clauses for people.

export type NestingRow = { clause: string; what: string; script: string; shows: RegExp };

const rootfs = 'test -d r || { mkdir r; tar -xf /var/lib/lab/*.tar* -C r; }';
/** Runs once and is removed by its trap, whatever happens. */
const inNewNetwork = (script: string) => `sudo unshare -n sh -ec '${script}'`;

export const nestingRows: readonly NestingRow[] = [
  {
    clause: 'N1',
    what: 'chroot into an unpacked Debian',
    script: `${rootfs}; sudo chroot r sh -c '. /etc/os-release; echo $ID; ls -di /'`,
    shows: /^debian\n\d+ \/$/,
  },
  {
    clause: 'N2',
    what: 'pivot_root into it and let go of the old root',
    script: `${rootfs}; sudo unshare -m sh -ec 'mount --bind r r; cd r; mkdir -p old; pivot_root . old; cd /; mount -t proc proc /proc; umount -l old; ls old | wc -l; grep -c . /proc/self/mountinfo'`,
    shows: /^0\n2$/,
  },
  ...(
    [
      ['mnt', '--mount'],
      ['pid', '--pid --fork'],
      ['net', '--net'],
      ['uts', '--uts'],
      ['ipc', '--ipc'],
      ['cgroup', '--cgroup'],
      ['user', '--user'],
      ['time', '--time --fork'],
    ] as const
  ).map(([kind, flags], index) => ({
    clause: `N${index + 3}`,
    what: `make a new ${kind} namespace by sudo`,
    script: `here=$(readlink /proc/self/ns/${kind}); there=$(sudo unshare ${flags} readlink /proc/self/ns/${kind}); test $here != $there; echo new`,
    shows: /^new$/,
  })),
  {
    clause: 'N11',
    what: 'make user, PID and mount namespaces without sudo and be PID 1 in a /proc of its own',
    script: `unshare -Urmpf --mount-proc sh -c 'id -u; ps -o pid= -o comm='`,
    shows: /^0\n\s+1 sh\n\s+\d+ ps$/,
  },
  {
    clause: 'N12',
    what: 'map a range of subordinate ids by newuidmap',
    script: `unshare --user --map-root-user --map-auto sh -c 'cat /proc/self/uid_map; touch /tmp/n12; chown 7:7 /tmp/n12; stat -c %u /tmp/n12; rm /tmp/n12'`,
    shows: /\n\s+1\s+\d+\s+\d+\n7$/,
  },
  {
    clause: 'N13',
    what: 'mount a proc of a new PID namespace inside a chroot',
    script: `${rootfs}; sudo unshare -pf --mount-proc=r/proc chroot r ps -o pid=,comm=`,
    shows: /^\s*1 ps$/,
  },
  {
    clause: 'N14',
    what: 'mount a sysfs of a new network namespace',
    script: `mkdir -p m; sudo unshare -n -m sh -ec 'mount -t sysfs sysfs m; ls m/class/net'`,
    shows: /^lo$/,
  },
  {
    clause: 'N15',
    what: 'mount a tmpfs of a size',
    script: `mkdir -p m; sudo unshare -m sh -ec 'mount -t tmpfs -o size=1m tmpfs m; df -k --output=size m | tail -n 1'`,
    shows: /^\s*1024$/,
  },
  {
    clause: 'N16',
    what: 'mount a devpts of its own',
    script: `mkdir -p m; sudo unshare -m sh -ec 'mount -t devpts -o newinstance,ptmxmode=666 devpts m; ls m'`,
    shows: /^ptmx$/,
  },
  {
    clause: 'N17',
    what: 'mount an overlay with userxattr, rename a lower directory and remove a lower file in it',
    script: `rm -rf o; mkdir -p o/lower/d o/upper o/work o/merged; echo 1 > o/lower/f; sudo unshare -m sh -ec 'cd o; mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr overlay merged; rm merged/f; mv merged/d merged/e; ls merged; stat -c %F upper/f; ls lower | tr "\\n" " "'`,
    shows: /^e\ncharacter special file\nd f/,
  },
  {
    clause: 'N18',
    what: 'bind a directory and remount it read-only',
    script: `mkdir -p b1 b2; sudo unshare -m sh -ec 'mount --bind b1 b2; mount -o remount,bind,ro b2; touch b2/x' 2>&1 | grep -o "Read-only file system"`,
    shows: /^Read-only file system$/,
  },
  {
    clause: 'N19',
    what: 'make mounts shared and see one propagate',
    script: `mkdir -p p1 p2; sudo unshare -m sh -ec 'mount --bind p1 p1; mount --make-shared p1; mount --bind p1 p2; mkdir -p p1/x; mount -t tmpfs tmpfs p1/x; grep -c "p2/x" /proc/self/mountinfo'`,
    shows: /^1$/,
  },
  {
    clause: 'N20',
    what: 'add a named network namespace and run in it',
    script: `sudo ip netns add n20; sudo ip netns exec n20 ip -o link | wc -l; sudo ip -n n20 link set lo up; sudo ip netns delete n20`,
    shows: /^1$/,
  },
  {
    clause: 'N21',
    what: 'join two network namespaces by veth and ping across',
    script: `sudo ip netns add n21; sudo ip link add v21 type veth peer name w21 netns n21; sudo ip addr add 10.21.0.1/24 dev v21; sudo ip link set v21 up; sudo ip -n n21 addr add 10.21.0.2/24 dev w21; sudo ip -n n21 link set w21 up; ping -c 1 -W 5 10.21.0.2 | grep -o '1 received'; sudo ip link delete v21; sudo ip netns delete n21`,
    shows: /^1 received$/,
  },
  {
    clause: 'N22',
    what: 'make a bridge with ports',
    script: inNewNetwork(
      'ip link add br0 type bridge; ip link add v0 type veth peer name v1; ip link set v0 master br0; ip -o link show master br0 | wc -l',
    ),
    shows: /^1$/,
  },
  {
    clause: 'N23',
    what: 'make a macvlan interface',
    script: inNewNetwork(
      'ip link add v0 type veth peer name v1; ip link add link v0 m0 type macvlan mode bridge; ip -d link show m0 | grep -o "macvlan mode bridge"',
    ),
    shows: /^macvlan mode bridge$/,
  },
  {
    clause: 'N24',
    what: 'masquerade by nft',
    script: inNewNetwork(
      'nft add table ip nat; nft add chain ip nat post "{ type nat hook postrouting priority 100; }"; nft add rule ip nat post masquerade; nft list ruleset | grep -c masquerade',
    ),
    shows: /^1$/,
  },
  {
    clause: 'N25',
    what: 'masquerade and forward a port by iptables',
    script: inNewNetwork(
      'iptables -t nat -A POSTROUTING -j MASQUERADE; iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to 10.0.0.2:80; iptables -t nat -S | grep -cE "MASQUERADE|DNAT"',
    ),
    shows: /^2$/,
  },
  {
    clause: 'N26',
    what: 'switch ip_forward on, in the lab and below it',
    script: `echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward; ${inNewNetwork('echo 1 > /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward')}`,
    shows: /^1\n1$/,
  },
  {
    clause: 'N27',
    what: 'ping as an ordinary user',
    script: 'ping -c 1 -W 5 127.0.0.1 | grep -o "1 received"',
    shows: /^1 received$/,
  },
  {
    clause: 'N28',
    what: 'give a program a capability that then works',
    script: `cp /usr/bin/cat ./capcat; sudo setcap cap_dac_read_search+ep ./capcat; getcap ./capcat; ./capcat /etc/shadow | grep -c ^root; rm ./capcat`,
    shows: /cap_dac_read_search=ep\n1$/,
  },
  {
    clause: 'N29',
    what: 'drop capabilities and see root refused',
    script: `sudo capsh --drop=cap_chown -- -c 'touch /tmp/n29; chown 7 /tmp/n29' 2>&1 | grep -o 'Operation not permitted'`,
    shows: /^Operation not permitted$/,
  },
  {
    clause: 'N30',
    what: 'trace system calls by strace',
    script: `strace -f -e trace=execve true 2>&1 | grep -o 'exited with 0'; sudo strace -c true 2>&1 | grep -c total`,
    shows: /^exited with 0\n1$/,
  },
  {
    clause: 'N31',
    what: 'enter all namespaces of a container by nsenter -a',
    script: `sudo unshare -muinpCTf --mount-proc sh -c 'hostname inside; exec sleep 300' & until pid=$(pgrep -nx sleep) && test "$(sudo nsenter -t $pid -u hostname)" = inside; do sleep 0.05; done; sudo nsenter -a -t $pid sh -c 'hostname; echo $(ps -o comm= -p 1)'; sudo kill -9 $pid; wait || true`,
    shows: /^inside\nsleep(\n|$)/,
  },
  {
    clause: 'N32',
    what: 'see a container process under another PID from outside and kill it from there',
    script: `sudo unshare -pf --mount-proc sleep 301 & until pid=$(pgrep -fx 'sleep 301'); do sleep 0.05; done; echo $(sed -n 's/^NSpid:\\s*//p' /proc/$pid/status); sudo kill -9 $pid; while test -e /proc/$pid; do sleep 0.05; done; echo gone; wait || true`,
    shows: /^\d+\s+1\n[^]*gone/,
  },
  {
    clause: 'N33',
    what: 'use message queues, semaphores and a FIFO',
    script:
      'ipcmk -Q >/dev/null; ipcs -q | grep -c 0x; ipcrm -a; mknod -m 600 fifo33 p; stat -c %F fifo33; rm fifo33',
    shows: /^1\nfifo$/,
  },
  {
    clause: 'N34',
    what: 'set a host name in a UTS namespace that the lab does not see',
    script: `sudo unshare -u sh -c 'hostname other; hostname'; hostname`,
    shows: /^other\nlab$/,
  },
];
