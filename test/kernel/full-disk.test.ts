// A disk without room for what terminals printed: a tmpfs of a few pages. Terminals go on, with less to come back to.
import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detachMount, mount } from '../../server/kernel/mounts.ts';
import { Ring } from '../../server/link/ring.ts';
import { StreamMemory } from '../../server/link/stream-memory.ts';
import { openLinkHouse } from '../support/link-house.ts';
import { openShell } from '../support/link-shell.ts';

const PAGE_BYTES = 4096;
const stream = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));

let dir: string;
let mounted: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'full-'));
  mounted = [];
});
afterEach(() => {
  for (const place of mounted) detachMount(place);
  rmdirSync(dir);
});

/** Lays an empty file system of so many pages over a directory. */
function mountPages(pages: number, place = dir): void {
  mount(place, { type: 'tmpfs', data: `size=${pages * PAGE_BYTES}` });
  mounted.push(place);
}

/** What a ring holds. */
function bytesOf(ring: Ring): Buffer {
  const kept = Buffer.alloc(ring.end - ring.oldest);
  ring.copy(ring.oldest, kept.length, kept);
  return kept;
}

describe('[P23] a full disk', () => {
  // The head takes one page, the ring two, then four, then eight.
  test.each([
    [3, 8],
    [4, 8],
    [5, 16],
    [8, 16],
    [9, 32],
    [12, 32],
  ])(
    '[P23] of %i pages keeps the last %i KiB, and for the link after it too',
    (pages, kibibytes) => {
      mountPages(pages);
      const path = join(dir, 'stream');
      const memory = StreamMemory.create(path, 0);
      const ring = new Ring(0, 1024 * 1024, memory);
      for (let at = 0; at < stream.length; at += 1_000)
        ring.append(stream.subarray(at, at + 1_000));
      const kept = stream.subarray(-kibibytes * 1024);
      expect(bytesOf(ring).equals(kept)).toBe(true);
      memory.close();
      const recovered = StreamMemory.recover(path);
      const next = new Ring(recovered.start, 1024 * 1024, recovered);
      expect(next.end).toBe(stream.length);
      expect(bytesOf(next).equals(kept)).toBe(true);
      recovered.close();
    },
  );

  test('[P23] grows on once there is room', () => {
    mountPages(6);
    writeFileSync(join(dir, 'other'), Buffer.alloc(PAGE_BYTES * 3));
    const memory = StreamMemory.create(join(dir, 'stream'), 0);
    expect(() => memory.grow(16 * 1024)).toThrow('ENOSPC');
    expect(memory.capacity).toBe(8 * 1024);
    writeFileSync(join(dir, 'other'), '');
    expect(memory.grow(16 * 1024).length).toBe(16 * 1024);
    memory.close();
  });

  test('[P23] makes no memory that it has no room for', () => {
    mountPages(2);
    expect(() => StreamMemory.create(join(dir, 'stream'), 0)).toThrow('ENOSPC');
  });

  test('[P9] [P13] a terminal opens, and what was typed last is uncertain to a page once link was started again', async () => {
    const house = await openLinkHouse();
    const streams = join(house.setup.ownDir, 'streams');
    mkdirSync(streams);
    mountPages(2, streams);
    const { page, terminal, lab } = await openShell(house);
    const since = terminal.type('echo he""re\n');
    await terminal.waitForOutput(/^here\n\$ $/m, { since });
    await house.restartLink();
    await house.ready();
    const again = await house.connect(lab, { client: page.client });
    const attach = {
      type: 'attach',
      request: 1,
      terminal: terminal.id,
      size: { cols: 80, rows: 24 },
    } as const;
    again.send({ ...attach, offset: terminal.offset });
    expect(await again.next('attached')).toMatchObject({ inputOffset: 0, uncertainFrom: 0 });
    // From now on link knows.
    const resumed = await again.attach(terminal.id);
    const place = resumed.type('echo and he""re\n');
    await resumed.waitForOutput(/^and here\n\$ $/m, { since: place });
    again.send({ ...attach, offset: resumed.offset });
    const attached = await again.next('attached');
    expect(attached.inputOffset).toBe('echo and he""re\n'.length);
    expect(attached.uncertainFrom).toBeUndefined();
    await again.close();
    // Before its directory is removed.
    detachMount(streams);
    mounted = [];
    await house.close();
  });
});
