// Makes import rules of the table of rooms and doors. Knows no room by name.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** @typedef {{ name: string, path: string, doors: string[], pure?: boolean }} Room */
/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

/**
 * dependency-cruiser 17 never tells swc that a file has JSX, and stops at the first tag. It asks the
 * module object at each call, so we may answer in between.
 */
function teachJsxToSwc() {
  const swc =
    /** @type {{ parseFileSync: (path: string, options: { tsx?: boolean }) => unknown }} */ (
      createRequire(import.meta.url)('@swc/core')
    );
  const { parseFileSync } = swc;
  swc.parseFileSync = (path, options) =>
    parseFileSync(path, { ...options, tsx: path.endsWith('x') });
}
teachJsxToSwc();

const table = new URL('test/architecture/rooms.json', import.meta.url);
const { rooms } = /** @type {{ rooms: Room[] }} */ (JSON.parse(readFileSync(table, 'utf8')));

/** @param {Room} room every path that an earlier, narrower room took out of this one */
const narrowerThan = (room) => rooms.slice(0, rooms.indexOf(room)).map(({ path }) => path);

/**
 * One rule a wall, so that a refusal names both sides of it.
 * @param {Room} from
 * @param {Room} to
 * @returns {Rule}
 */
const wall = (from, to) => ({
  name: `${from.name}-not-to-${to.name}`,
  comment: `${from.name} has doors to: ${from.doors.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: from.path, pathNot: narrowerThan(from) },
  to: { path: to.path, pathNot: narrowerThan(to) },
});

const walls = rooms.flatMap((from) =>
  rooms.filter((to) => to !== from && !from.doors.includes(to.name)).map((to) => wall(from, to)),
);

/** @type {Rule[]} */
const pureRooms = rooms
  .filter((room) => room.pure)
  .map((room) => ({
    name: `${room.name}-is-pure`,
    comment: 'It runs in the browser as well as in the server',
    severity: 'error',
    from: { path: room.path },
    to: { dependencyTypes: ['core'] },
  }));

/** @type {Rule[]} */
const nothingImportsTests = rooms.map((room) => ({
  name: `${room.name}-not-to-test`,
  severity: 'error',
  from: { path: room.path, pathNot: narrowerThan(room) },
  to: { path: '^test/' },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...walls,
    ...pureRooms,
    ...nothingImportsTests,
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-missing',
      severity: 'error',
      from: {},
      // Types without a package to run, under @types; and the name that node-pty's own types go by.
      to: { couldNotResolve: true, pathNot: '^(hast|mdast|@lydell/node-pty)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|\\.next|test/artifacts)/' },
    // Types cross walls too: a type-only import is a dependency of minds.
    tsPreCompilationDeps: true,
    // TypeScript 7 has no JavaScript API: without this dependency-cruiser reads nothing and is content.
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
