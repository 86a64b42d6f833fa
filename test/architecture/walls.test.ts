// Plants one forbidden import per wall in a copy of the floor plan and wants each refused by name.
// Knows no wall itself: the table of rooms says which there are.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

const tableSchema = z.object({
  rooms: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      doors: z.array(z.string()),
      pure: z.boolean().optional(),
    }),
  ),
});
type Room = z.infer<typeof tableSchema>['rooms'][number];

const reportSchema = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(
      z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) }),
    ),
  }),
});

const { rooms } = tableSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'rooms.json'), 'utf8')),
);

const walls = rooms.flatMap((from) =>
  rooms
    .filter((to) => to !== from && !from.doors.includes(to.name))
    .map((to) => ({ from, to, name: `${from.name}-not-to-${to.name}` })),
);

/** A file that the room's pattern takes in: a folder's gets a name, an exact one is itself. */
function fileIn(room: Room, name: string): string {
  const plain = room.path
    .replace(/^\^/, '')
    .replace(/\(([^|)]+)[^)]*\)/, '$1')
    .replaceAll('\\.', '.');
  if (plain.endsWith('$')) return plain.slice(0, -1);
  return plain.endsWith('/') ? `${plain}${name}.ts` : `${plain}-${name}.ts`;
}

const targetOf = (room: Room) => fileIn(room, 'target');

/** Far more than a cruise says: the report lists every module that was read. */
const maxReportBytes = 64 * 1024 * 1024;

async function cruise(directory: string) {
  const args = [
    cruiser,
    '--config',
    join(root, '.dependency-cruiser.mjs'),
    '--output-type',
    'json',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '.'], {
    cwd: directory,
    maxBuffer: maxReportBytes,
  }).catch((error: unknown) => z.object({ stdout: z.string() }).parse(error));
  return reportSchema.parse(JSON.parse(stdout)).summary;
}

const drawing = 'app/ui/drawing.tsx';

let copy = '';
let summary: Awaited<ReturnType<typeof cruise>>;
const planted = new Map<string, string[]>();

function plant(file: string, line: string): void {
  planted.set(file, [...(planted.get(file) ?? []), line]);
}

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'coulisse-walls-'));
  for (const room of rooms) plant(targetOf(room), `export const here = '${room.name}';`);
  plant('test/target.ts', "export const here = 'test';");
  for (const { from, to } of walls) {
    plant(fileIn(from, 'breach'), `import '${join(copy, targetOf(to))}';`);
  }
  for (const room of rooms) {
    plant(fileIn(room, 'breach'), `import '${join(copy, 'test/target.ts')}';`);
    for (const door of rooms.filter(({ name }) => room.doors.includes(name))) {
      plant(fileIn(room, 'visit'), `import '${join(copy, targetOf(door))}';`);
    }
    if (room.pure) plant(fileIn(room, 'breach'), "import 'node:fs';");
  }
  plant(drawing, `import '${join(copy, 'server/keeper/target.ts')}';`);
  plant(drawing, 'export const drawn = <p>{1 > 0 ? <></> : null}</p>;');
  plant('server/link/cycle-a.ts', `import '${join(copy, 'server/link/cycle-b.ts')}';`);
  plant('server/link/cycle-b.ts', `import '${join(copy, 'server/link/cycle-a.ts')}';`);
  for (const [file, lines] of planted) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), `${lines.join('\n')}\n`);
  }
  summary = await cruise(copy);
}, 60_000);

afterAll(() => rmSync(copy, { recursive: true }));

const wasRefused = (name: string, file: string) =>
  summary.violations.some(({ rule, from }) => rule.name === name && from === file);

test('every planted module is read, so that silence means consent', () => {
  expect(summary.totalCruised).toBeGreaterThanOrEqual(planted.size);
});

test.each(walls)('an import across the wall $name is refused by that name', ({ name, from }) => {
  expect(wasRefused(name, fileIn(from, 'breach'))).toBe(true);
});

test.each(rooms)('$name may not import a test', (room) => {
  expect(wasRefused(`${room.name}-not-to-test`, fileIn(room, 'breach'))).toBe(true);
});

test.each(rooms.filter(({ pure }) => pure))('$name may not import from Node', (room) => {
  expect(wasRefused(`${room.name}-is-pure`, fileIn(room, 'breach'))).toBe(true);
});

test('a file with JSX is read too', () => {
  expect(wasRefused('app-client-not-to-keeper', drawing)).toBe(true);
});

test('a cycle is refused', () => {
  expect(wasRefused('no-cycle', 'server/link/cycle-a.ts')).toBe(true);
});

test('an import through a door is not refused by a wall', () => {
  const visits = new Set(rooms.map((room) => fileIn(room, 'visit')));
  const breaches = new Set(rooms.map((room) => fileIn(room, 'breach')));
  const refused = summary.violations.filter(
    ({ rule, from }) => rule.name.includes('-not-to-') && visits.has(from) && !breaches.has(from),
  );
  expect(refused).toEqual([]);
});

test("the walls stand between the house's own modules, which are read too", async () => {
  const { totalCruised } = await cruise(join(root, 'docker-host'));
  expect(totalCruised).toBeGreaterThan(10);
});
