// Which tests there are, by what they need. Knows nothing of what any of them proves.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { alone } from './kernel/alone.ts';
import { isSlowMachine, patient } from './support/patience.ts';

const root = join(import.meta.dirname, '..');

const patiently = {
  // Setting up may build pages or start a browser on two shared cores.
  hookTimeout: patient(120_000),
  testTimeout: patient(60_000),
  // As long as `until` waits: vitest's own second is for what no other process has to do.
  expect: { poll: { timeout: patient(20_000) } },
};
const oneFileAtATime = { ...patiently, fileParallelism: false };
/** Most of what a house is tested for is waited for: two fill two cores, and three are too slow for their clocks. */
const twoFilesAtATime = { ...patiently, maxWorkers: isSlowMachine ? 1 : 2 };

/** Vitest runs one after the other what has another order. */
const kinds = [
  { name: 'kernel', include: ['test/kernel/**'], exclude: Object.keys(alone), ...twoFilesAtATime },
  { name: 'kernel-alone', include: Object.keys(alone), ...oneFileAtATime },
  { name: 'content', include: ['test/content/**'], ...oneFileAtATime },
  { name: 'e2e', include: ['test/e2e/**'], ...oneFileAtATime },
];

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
          // Vitest would leave a core to itself: half of a machine with two.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          hookTimeout: 30_000,
        },
      },
      ...kinds.map(({ include, ...kind }, index) => ({
        root,
        test: {
          ...kind,
          sequence: { groupOrder: index + 1 },
          include: include.map((place) => (place.endsWith('.ts') ? place : `${place}/*.test.ts`)),
        },
      })),
    ],
  },
});
