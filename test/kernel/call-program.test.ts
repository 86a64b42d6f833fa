// Call programs: what a process does that is nothing but a list of system calls.
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  announce,
  changeDirectory,
  cloneInto,
  endAfter,
  execute,
  exit,
  makeDirectory,
  setHostName,
  waitFor,
  writeText,
} from '../../server/kernel/child-calls.ts';
import { closeDescriptor, openEvent } from '../../server/kernel/libc.ts';
import { namespaceFlags } from '../../server/kernel/namespaces.ts';
import { runProgram } from '../../server/kernel/run-program.ts';

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'coulisse-calls-'));
});

afterEach(() => rmSync(place, { recursive: true }));

describe('a call program', () => {
  it('does its calls in order, with texts and numbers, and tells results', async () => {
    writeFileSync(join(place, 'file'), '');
    const { done } = runProgram({ descriptors: [] }, ({ main }) => {
      changeDirectory(main, place);
      makeDirectory(main, 'below', 0o700);
      writeText(main, 'file', 'héllo');
      main.tell();
      exit(main);
    });
    // write(2) returns bytes.
    await expect(done).resolves.toEqual([6]);
    expect(readFileSync(join(place, 'file'), 'utf8')).toBe('héllo');
    expect(readlinkSync('/proc/self/cwd')).not.toBe(place);
  });

  it('ends at the first call that fails, and says which and why', async () => {
    const { done } = runProgram({ descriptors: [] }, ({ main }) => {
      changeDirectory(main, place);
      makeDirectory(main, 'missing/below', 0o700);
      makeDirectory(main, 'after', 0o700);
      exit(main);
    });
    await expect(done).rejects.toThrow('mkdirat(missing/below): ENOENT');
    expect(() => readFileSync(join(place, 'after'))).toThrow('ENOENT');
  });

  it('goes on after what may fail', async () => {
    const { done } = runProgram({ descriptors: [] }, ({ main }) => {
      main.attempt('chdir', [join(place, 'missing')]);
      makeDirectory(main, join(place, 'after'), 0o700);
      main.tell();
      exit(main);
    });
    await expect(done).resolves.toEqual([0]);
  });

  it('starts a child in namespaces of its own: each waits for the other, and the child tells too', async () => {
    const before = readFileSync('/proc/sys/kernel/hostname', 'utf8');
    const [isBorn, mayGo] = [openEvent(), openEvent()];
    const { pid, done } = runProgram({ descriptors: [isBorn, mayGo] }, (program) => {
      const child = program.branch();
      announce(child, isBorn);
      waitFor(child, mayGo);
      setHostName(child, 'of-the-child');
      child.tell();
      exit(child);
      cloneInto(program.main, namespaceFlags.uts, child);
      program.main.tell();
      waitFor(program.main, isBorn);
      announce(program.main, mayGo);
      exit(program.main);
    });
    const results = await done;
    closeDescriptor(isBorn);
    closeDescriptor(mayGo);
    expect(results).toHaveLength(2);
    // The PID of the child, and then sethostname(2).
    expect(results[0]).toBeGreaterThan(pid);
    expect(results[1]).toBe(0);
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).toBe(before);
  });

  it('becomes a program with these arguments, this environment and no descriptor but what it is given', async () => {
    const output = openSync(join(place, 'output'), 'w');
    const { done } = runProgram({ descriptors: [output] }, ({ main }) => {
      for (const stream of [0, 1, 2]) main.call('dup3', [output, stream, 0]);
      const script = 'echo "$1 $A"; env; ls /proc/self/fd';
      execute(main, {
        path: '/bin/sh',
        args: ['sh', '-c', script, 'sh', 'one two'],
        environment: { A: 'b c' },
      });
    });
    await done;
    closeSync(output);
    await expect
      .poll(() => readFileSync(join(place, 'output'), 'utf8').split('\n').filter(Boolean))
      // The last descriptor is that of the directory which ls reads.
      .toEqual(['one two b c', 'A=b c', expect.stringMatching(/^PWD=/), '0', '1', '2', '3']);
  });

  it('that hangs is ended', async () => {
    const event = openEvent();
    const { done } = runProgram({ descriptors: [event] }, ({ main }) => {
      endAfter(main, 1);
      waitFor(main, event);
      main.tell();
      exit(main);
    });
    await expect(done).resolves.toEqual([]);
    closeDescriptor(event);
  });
});
