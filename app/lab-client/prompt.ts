// Whether a terminal's output ends where a shell waits for a line. A guess by looks: used only to type one
// line after the other, never to judge. Knows no terminal.

/** Longest end of the output worth looking at: a prompt and the control sequences in it. */
export const TAIL_BYTES = 256;

// oxlint-disable-next-line eslint/no-control-regex -- control sequences are what is taken out
const controls = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** `$ `, `# `, `% ` or `> ` at the very end, as sh, bash, zsh and their continuation lines write it. */
export function endsInPrompt(tail: string): boolean {
  return /[$#%>] $/.test(tail.replace(controls, ''));
}
