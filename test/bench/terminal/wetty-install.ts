// Brings wetty from npm into a directory of the state, once, where it is nobody's dependency. Knows no terminal.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const WETTY = '3.2.0';
/** The PTYs of Coulisse itself, and wetty's own in the same version: but with a compiled file for Linux. */
const NODE_PTY = 'npm:@lydell/node-pty@1.1.0';

const PATIENCE_MS = 180_000;
const SAID_LINES = 3;

const manifest = {
  private: true,
  dependencies: { wetty: WETTY },
  overrides: { 'node-pty': NODE_PTY },
};

/** Path of wetty's program. Rejects with the sentence of npm when it cannot be had. */
export async function installWetty(stateDir: string): Promise<string> {
  const directory = join(stateDir, 'bench', `wetty-${WETTY}`);
  const program = join(directory, 'node_modules/wetty/build/main.js');
  if (existsSync(program)) return program;
  const half = `${directory}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'package.json'), JSON.stringify(manifest));
  await runNpm(half);
  renameSync(half, directory);
  return program;
}

/** Of 223 packages none runs a script of its own: nothing is compiled, and nothing of theirs runs as root by that. */
async function runNpm(directory: string): Promise<void> {
  const args = ['install', '--prefix', directory, '--omit=dev', '--ignore-scripts'];
  const npm = spawn('npm', [...args, '--no-audit', '--no-fund', '--no-progress'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PATIENCE_MS,
  });
  let complaint = '';
  npm.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  await once(npm, 'close').catch((cause: unknown) => {
    throw new Error('npm cannot be started', { cause });
  });
  if (npm.exitCode === 0) return;
  const lines = complaint.split('\n').filter((line) => /^npm (?:error|ERR!) \S/.test(line));
  const said = lines.slice(0, SAID_LINES).map((line) => line.replace(/^npm \S+ /, ''));
  throw new Error(`npm cannot install it: ${said.join(' ') || 'it did not end in time'}`);
}
