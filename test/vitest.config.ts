// Which tests there are, by what they need. Knows nothing of what any of them proves.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { patient } from './support/patience.ts';

const root = join(import.meta.dirname, '..');

/** A lab is made of the machine's own kernel: two files at once would count each other's remains. */
const oneFileAtATime = {
  fileParallelism: false,
  // Setting up may build pages or start a browser on two shared cores.
  hookTimeout: patient(120_000),
  testTimeout: patient(60_000),
};

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/unit/**', 'test/contract/**', 'test/architecture/**'].map(
            (folder) => `${folder}/*.test.{ts,tsx}`,
          ),
          // Contracts are tested with real processes, which two busy cores start slowly.
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      ...['kernel', 'content', 'e2e'].map((name) => ({
        root,
        test: { name, include: [`test/${name}/**/*.test.ts`], ...oneFileAtATime },
      })),
    ],
  },
});
