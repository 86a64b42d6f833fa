// Plants what a lab could leave on the lab host and wants it found, so that a silence after a house means
// something. Starts no lab.
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { belongings } from './host-remains.ts';

/** Above every slot. */
const id = 0x7fff_0000;
const isOfALab = (one: number) => one === id;

test('a file and a queue of an id of a lab are found, and nothing when they are gone', () => {
  expect(belongings(isOfALab)).toEqual([]);
  const directory = mkdtempSync(join(tmpdir(), 'coulisse-remains-'));
  const as = { uid: id, gid: id, encoding: 'utf8' } as const;
  const [, queue = ''] = /id: (\d+)/.exec(spawnSync('ipcmk', ['-Q'], as).stdout) ?? [];
  try {
    chownSync(directory, id, id);
    expect(belongings(isOfALab)).toEqual([
      `file ${directory}`,
      expect.stringMatching(new RegExp(String.raw`^queue \s*-?\d+\s+${queue} `)),
    ]);
  } finally {
    rmSync(directory, { recursive: true });
    spawnSync('ipcrm', ['-q', queue]);
  }
  expect(belongings(isOfALab)).toEqual([]);
});
