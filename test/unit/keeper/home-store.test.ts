// What is kept of homes on the lab host: whole or not at all, for its time and within its room.
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HomeStore } from '../../../server/keeper/home/home-store.ts';

const [ann, bob, cai] = ['a', 'b', 'c'].map((letter) => letter.repeat(26)) as [
  string,
  string,
  string,
];
const dayMs = 86_400_000;
let directory: string;

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'homes-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const open = (bytes = 1000) => new HomeStore({ directory, keepMs: dayMs, bytes });
const files = () => readdirSync(directory).toSorted();
const put = (store: HomeStore, learner: string, text: string, isWhole = true) =>
  store.replace(learner, async (draft) => {
    await draft.writeFile(text);
    return isWhole;
  });
const age = (learner: string, days: number) => {
  const then = (Date.now() - days * dayMs) / 1000;
  utimesSync(join(directory, `${learner}.tar`), then, then);
};

it('replaces what was kept by what is whole, and by nothing else', async () => {
  const store = open();
  expect(store.has(ann)).toBe(false);
  expect(await put(store, ann, 'first')).toBe(true);
  expect(await put(store, ann, 'half', false)).toBe(false);
  const failing = store.replace(ann, async (draft) => {
    await draft.writeFile('broken');
    throw new Error('no more room');
  });
  await expect(failing).rejects.toThrow('no more room');
  expect(files()).toEqual([`${ann}.tar`]);
  expect(readFileSync(join(directory, `${ann}.tar`), 'utf8')).toBe('first');
  expect(await put(store, ann, 'second')).toBe(true);
  expect(readFileSync(join(directory, `${ann}.tar`), 'utf8')).toBe('second');
});

it('removes drafts that an earlier keeper left', () => {
  writeFileSync(join(directory, `${ann}.draft`), 'half');
  writeFileSync(join(directory, `${ann}.tar`), 'whole');
  open();
  expect(files()).toEqual([`${ann}.tar`]);
});

it('removes what is too old, also what was set aside', async () => {
  const store = open();
  for (const learner of [ann, bob]) await put(store, learner, 'text');
  age(ann, 1.1);
  age(bob, 1.1);
  await store.setAside(bob);
  await put(store, cai, 'text');
  expect(files()).toEqual([`${cai}.tar`]);
});

it('removes the oldest when all together are too much, never the newest', async () => {
  const store = open(10);
  await put(store, ann, '1234');
  age(ann, 0.5);
  await put(store, bob, '1234');
  age(bob, 0.2);
  await put(store, cai, '1234');
  expect(files()).toEqual([`${bob}.tar`, `${cai}.tar`]);
});

it('forgets, and knows what was set aside no more', async () => {
  const store = open();
  await put(store, ann, 'text');
  await store.setAside(ann);
  expect(store.has(ann)).toBe(false);
  await put(store, bob, 'text');
  await store.remove(bob);
  await store.remove(cai);
  expect(files()).toEqual([`${ann}.aside`]);
});
