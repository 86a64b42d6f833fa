// Which processors are listened to for signal 9, while they come and go, and what is said of an end meanwhile.
// No processor is switched: the list of them is the test's, and an event is switched off as the kernel does it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProcessEvents } from '../../server/keeper/observe/process-events.ts';
import { KillSenders, onlineProcessors } from '../../server/kernel/kill-senders.ts';
import { checked, declare } from '../../server/kernel/libc.ts';
import { ProcConnector } from '../../server/kernel/proc-connector.ts';
import { until } from './kernel-view.ts';

const PERF_EVENT_IOC_DISABLE = 0x2401;
const SURVEYS = 5001;
const AFTER_GAP = 10_001;
/** The number of no processor. */
const NOBODY = 4095;

const ioctl = declare('int ioctl(int fd, uint64 request, int64 value)');
const [first = 0, second] = onlineProcessors();

let open: { close(): void }[];
beforeEach(() => {
  open = [];
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  for (const one of open) one.close();
});

function listen(processors?: () => number[]): KillSenders {
  const senders = new KillSenders(processors);
  open.push(senders);
  return senders;
}

function listenToEnds(senders: KillSenders): ProcessEvents {
  const connector = new ProcConnector();
  open.push(connector);
  return new ProcessEvents(connector, senders);
}

/** The process that killed itself there. */
function killOn(cpu: number): number {
  return spawnSync('/usr/bin/taskset', ['-c', String(cpu), 'sh', '-c', 'kill -9 $$']).pid;
}

function eventDescriptors(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[perf_event]';
      } catch {
        // That of the listing itself.
        return false;
      }
    });
}

function senderOf(events: ProcessEvents, pid: number) {
  return events.drain()?.ends.find(({ hostPid }) => hostPid === pid)?.sender;
}

test('it tests itself, and when it does not hear it stops listening', () => {
  const before = eventDescriptors();
  const hearing = listen();
  expect(eventDescriptors()).toHaveLength(before.length + onlineProcessors().length);
  expect(() => hearing.test()).not.toThrow();
  hearing.close();
  const deaf = listen();
  for (const fd of eventDescriptors()) {
    if (!before.includes(fd)) checked(ioctl(fd, PERF_EVENT_IOC_DISABLE, 0), 'ioctl', 'DISABLE');
  }
  expect(() => deaf.test()).toThrow('the sender was not heard');
  expect(eventDescriptors()).toEqual(before);
});

test.skipIf(second === undefined)('a processor that comes on is listened to after a while', () => {
  let processors = [first];
  const senders = listen(() => processors);
  const events = listenToEnds(senders);
  vi.advanceTimersByTime(AFTER_GAP);
  // As far as it knows there is no other processor.
  expect(senderOf(events, killOn(second ?? 0))).toBe('missed');
  processors = [first, second ?? 0];
  vi.advanceTimersByTime(101);
  expect(senderOf(events, killOn(second ?? 0))).toBeNull();
  vi.advanceTimersByTime(101);
  events.drain();
  expect(senderOf(events, killOn(second ?? 0))).toBe('process');
  expect(senderOf(events, killOn(first))).toBe('process');
  expect(senders.hearsAll()).toBe(false);
  vi.advanceTimersByTime(AFTER_GAP);
  expect(senders.hearsAll()).toBe(true);
});

test('a processor that went off and came back is listened to anew, and what it told is not lost', () => {
  const senders = listen(() => [first]);
  vi.advanceTimersByTime(AFTER_GAP);
  expect(senders.hearsAll()).toBe(true);
  const before = killOn(first);
  for (const fd of eventDescriptors()) checked(ioctl(fd, PERF_EVENT_IOC_DISABLE, 0), 'ioctl', '');
  const meanwhile = killOn(first);
  vi.advanceTimersByTime(SURVEYS);
  const told = senders.drain();
  expect(told.get(before)?.sender).toBe('process');
  expect(told.has(meanwhile)).toBe(false);
  expect(senders.hearsAll()).toBe(false);
  expect(senders.drain().has(meanwhile)).toBe(false);
  const after = killOn(first);
  expect(senders.drain().get(after)?.sender).toBe('process');
  expect(eventDescriptors()).toHaveLength(1);
});

test('one that is off though it is listed leaves the others, and what is not heard is not known', () => {
  const senders = listen(() => [NOBODY, first]);
  const events = listenToEnds(senders);
  expect(senderOf(events, killOn(first))).toBe('process');
  vi.advanceTimersByTime(AFTER_GAP);
  expect(senders.hearsAll()).toBe(false);
});

test('who is sent it by the number of a thread that is not the first was killed by a process', async () => {
  const events = listenToEnds(listen());
  const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  const ended = once(node, 'exit');
  const pid = node.pid ?? 0;
  const thread = await until('a second thread', () =>
    readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .find((one) => one !== pid && readFileSync(`/proc/${pid}/task/${one}/stat`, 'latin1')),
  );
  process.kill(thread, 'SIGKILL');
  await ended;
  expect(senderOf(events, pid)).toBe('process');
});
