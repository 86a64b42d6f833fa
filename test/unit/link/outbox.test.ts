// The outbox on a real directory: what it remembers across ends of link, and what it forgets.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Outbox } from '../../../server/link/outbox.ts';
import type { StepRef } from '../../../server/protocol/ids.ts';

const step: StepRef = { course: 'c', version: 1, chapter: 'h', step: 's' };
const learner = 'a'.repeat(26);
const [one, two] = ['a'.repeat(16), 'b'.repeat(16)] as const;

let dir: string;
let outbox: Outbox;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outbox-'));
  outbox = new Outbox(dir);
});
afterEach(() => {
  outbox.close();
  rmSync(dir, { recursive: true });
});

function reopen(): void {
  outbox.close();
  outbox = new Outbox(dir);
}

const earn = (lab: string, check: string) =>
  outbox.earn({ lab, learner, step, check, seen: { n: check } })?.sequence;
const sequences = () => outbox.unstored.map((earned) => earned.sequence);

describe('outbox', () => {
  test('[P25] sequences rise by one and go on after a restart, even when all is stored', () => {
    expect([earn(one, 'x'), earn(one, 'y')]).toEqual([1, 2]);
    outbox.markStored(2);
    outbox.forget(one);
    reopen();
    expect(sequences()).toEqual([]);
    expect(earn(two, 'x')).toBe(3);
  });
  test('[P25] a check is earned once in the life of a lab, across restarts', () => {
    earn(one, 'x');
    outbox.markStored(1);
    reopen();
    expect(earn(one, 'x')).toBeUndefined();
    expect(outbox.latched(one, step, 'x')).toEqual({ n: 'x' });
    expect(outbox.latched(two, step, 'x')).toBeUndefined();
  });
  test('[P25] a lab that is gone is forgotten, what web has not stored of it is not', () => {
    earn(one, 'x');
    outbox.forget(one);
    reopen();
    reopen();
    expect(sequences()).toEqual([1]);
    expect(outbox.latched(one, step, 'x')).toBeUndefined();
    expect(earn(one, 'x')).toBe(2);
    reopen();
    expect(sequences()).toEqual([1, 2]);
    expect(outbox.latched(one, step, 'x')).toEqual({ n: 'x' });
  });
  test('[P25] an acknowledgement of what was never sent changes nothing', () => {
    earn(one, 'x');
    outbox.markStored(99);
    expect(sequences()).toEqual([1]);
  });
  test('[P25] a last line that was cut by an end of link is passed over', () => {
    earn(one, 'x');
    appendFileSync(join(dir, 'outbox.jsonl'), '{"record":"earned","ear');
    reopen();
    expect(sequences()).toEqual([1]);
    expect(earn(one, 'y')).toBe(2);
    reopen();
    expect(sequences()).toEqual([1, 2]);
  });
  test('[P25] a start drops what nobody needs any more', () => {
    for (let check = 0; check < 50; check += 1) earn(one, `c${check}`);
    outbox.markStored(50);
    outbox.forget(one);
    reopen();
    expect(readFileSync(join(dir, 'outbox.jsonl'), 'utf8').split('\n')).toHaveLength(2);
  });
});
