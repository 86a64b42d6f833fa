// System calls made from a lab, which has no compiler: by perl's syscall, with the numbers of x86-64
// (arch/x86/entry/syscalls/syscall_64.tbl). Knows no attack.

/** Calls by number are other calls elsewhere. */
export const otherNumbers = (): string | undefined =>
  process.arch === 'x64' ? undefined : 'the numbers of system calls are those of x86-64';

/** A bash script that makes each call, as [name, ...perl expressions of number and arguments]. */
export function makeCalls(calls: readonly (readonly [string, ...(number | string)[]])[]): string {
  const lines = calls.map(([name, ...words]) => `call("${name}", ${words.join(', ')});`);
  return perl(`
    sub call {
      my ($name, @words) = @_;
      my $result = syscall($words[0], @words[1 .. $#words]);
      print "$name: ", $result == -1 ? "$!" : "done", "\\n";
    }
    ${lines.join('\n')}`);
}

/** As a word of bash; the program holds no single quote. */
export function perl(program: string): string {
  if (program.includes("'")) throw new Error('a perl program here is a word of bash in quotes');
  return `perl -e '${program}'`;
}

/** The same output line for each name. */
export function eachSays(names: readonly string[], words: string): RegExp {
  return new RegExp(`^${names.map((name) => `${name}: (?:${words})`).join('\\n')}$`);
}

/**
 * Prefix for root of a user namespace that student makes, and nothing for lab root: what needs a capability
 * can be tried by both.
 */
export const asSomeRoot = (by: 'root' | 'student', flags: string): string =>
  by === 'root' ? `unshare ${flags}` : `unshare -Ur ${flags}`;
