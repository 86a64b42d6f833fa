// `npm run coulisse -- <command>`: what can be asked of Coulisse from a shell. Knows no process.
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';

const usage = `Usage: npm run coulisse -- <command>

  serve               what npm start does
  doctor [--json]     what a lab needs of this machine, what is missing, and how to get it
  warm …              labs made before a workshop begins: --labs 30 --at 2026-11-25T09:00 [--for 3h], --list,
                      --cancel <number>
  course lint [dir]   finds what is wrong with courses, by file and line
`;

const checkout = fileURLToPath(new URL('../', import.meta.url));
const [command, ...rest] = process.argv.slice(2);

// In this process: a signal sent to it must reach main.
if (command === 'serve') await import('./main.ts');
else process.exitCode = run();

function run(): number {
  if (command === 'course' && rest[0] === 'lint') return runFile('content/lint.ts', rest.slice(1));
  if (command === 'doctor') return runDoctor();
  if (command === 'warm') return runFile('server/keeper/warm-plan/main.ts', rest);
  process.stderr.write(usage);
  return command === undefined || command === 'help' ? 0 : 2;
}

/** In front of this process: ^C reaches both, and the exit code is the file's. */
function runFile(file: string, args: readonly string[]): number {
  const ended = spawnSync(process.execPath, [`${checkout}${file}`, ...args], { stdio: 'inherit' });
  return ended.status ?? 1;
}

/** What doctor mounts to try it goes with its namespace; without root it has none and says so. */
function runDoctor(): number {
  const file = 'server/keeper/doctor/main.ts';
  if (process.getuid?.() !== 0) return runFile(file, rest);
  const own = ['--mount', '--propagation', 'private', process.execPath, `${checkout}${file}`];
  return spawnSync('/usr/bin/unshare', [...own, ...rest], { stdio: 'inherit' }).status ?? 1;
}
