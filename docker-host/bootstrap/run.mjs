// Runs other programs: quietly with their lines read, or in front with signals passed on. Knows none.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Enough of a program's words to explain its failure, little enough to read and to hold. */
const keptLines = 30;
const keptErrors = 200;

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} QuietOptions */
/** @typedef {{ code: number, tail: string[], errors: string[] }} Outcome */

/**
 * Runs a program to its end, reading both of its outputs by lines.
 * @param {string} program @param {string[]} args @param {QuietOptions} options
 * @returns {Promise<Outcome>}
 */
export function runQuietly(program, args, { cwd, env, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {string[]} */
    const tail = [];
    /** @type {string[]} */
    const errors = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(tail, line);
      onLine?.(line);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      keep(tail, line);
      if (errors.length < keptErrors) errors.push(line);
    });
    const stopPassing = passSignals(child);
    child.once('error', (error) => {
      stopPassing();
      reject(error);
    });
    child.once('close', (code, signal) => {
      stopPassing();
      resolve({ code: exitCodeOf(code, signal), tail, errors });
    });
  });
}

/** @param {string[]} lines @param {string} line */
function keep(lines, line) {
  lines.push(line);
  if (lines.length > keptLines) lines.shift();
}

/** @param {number | null} code @param {NodeJS.Signals | null} signal */
function exitCodeOf(code, signal) {
  if (code !== null) return code;
  // What a shell would say: 128 and the number of the signal.
  return 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[String(signal)] ?? 0);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void}
 */
function passSignals(child) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return () => signals.forEach((signal) => process.off(signal, pass));
}

/**
 * Runs a program that speaks to the person itself, and answers its exit code.
 * @param {string} program @param {string[]} args @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runInFront(program, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    // A process group of its own, or ^C would reach it twice: from the terminal and from us; a
    // server may take the second for impatience.
    const child = spawn(program, args, { cwd, env, stdio: 'inherit', detached: true });
    const stopPassing = passSignals(child);
    child.once('error', (error) => {
      stopPassing();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopPassing();
      resolve(exitCodeOf(code, signal));
    });
  });
}
