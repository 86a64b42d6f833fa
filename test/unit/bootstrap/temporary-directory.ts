// A directory for one test, gone when the test is over. Knows nothing of what is put there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function makeTemporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'coulisse-unit-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}
