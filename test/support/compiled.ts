// What Node makes of our TypeScript, given from one house of a run to the next: a third of a new house's start, and most
// of its stop. As after any start but the first, in a state directory that is used again. Knows no test.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm test` wants it; a single file does without. Removed with the run, so it is never of another checkout. */
const kept = process.env['COULISSE_TEST_COMPILED'];
const CACHE = 'compile-cache';
/** Each process of a house has its own, and is its owner. */
const parts = ['keeper', 'link', 'web'];

/** For a state directory in which no house has been yet. */
export function takeCompiled(stateDir: string): void {
  if (kept !== undefined && existsSync(kept)) copy(join(kept, '.'), stateDir);
}

/** Of a house that has stopped: processes write it as they end. The first is kept. */
export function keepCompiled(stateDir: string): void {
  if (kept === undefined || existsSync(kept)) return;
  const draft = `${kept}.${process.pid}`;
  for (const part of parts) {
    const from = join(stateDir, part, CACHE);
    if (!existsSync(from)) return;
    mkdirSync(join(draft, part), { recursive: true });
    copy(from, join(draft, part));
  }
  try {
    renameSync(draft, kept);
  } catch {
    // Another file of this run was first.
    rmSync(draft, { recursive: true });
  }
}

/** With owners and modes (cp(1)). */
function copy(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`copying ${from} failed: ${stderr}`);
}
