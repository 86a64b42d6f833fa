// What doctor says of one thing a lab needs. Knows no probe.
import type { LabLimits } from '../../foundation/config.ts';

export type Finding = {
  /** Stable word for programs. */
  id: string;
  /** What it is, for people. */
  thing: string;
  state: 'present' | 'missing';
  /** Without it no lab can run; otherwise only what `cost` says is lost. */
  required: boolean;
  /** How it was tested, just now, on this machine. */
  tested: string;
  /** What was found: a version, a number, an error. */
  found: string;
  /** What lacking it costs. */
  cost: string;
  /** How to get it. */
  remedy: string;
};

export type Probe = Omit<Finding, 'state' | 'found'> & {
  /** What was found; throws with the reason when it is missing. */
  look: (context: ProbeContext) => string | Promise<string>;
};

export type ProbeContext = {
  /** An empty directory, in a mount namespace that goes with doctor. */
  scratch: string;
  stateDir: string;
  /** Bytes that one lab is promised. */
  diskBytes: number;
  /** Labs at once, and what each may have. */
  labs: number;
  limits: LabLimits;
};

/** Runs a probe; whatever it throws is the reason why the thing counts as missing. */
export async function examine(probe: Probe, context: ProbeContext): Promise<Finding> {
  const { look, ...about } = probe;
  try {
    return { ...about, state: 'present', found: await look(context) };
  } catch (error) {
    return {
      ...about,
      state: 'missing',
      found: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Labs can run when nothing required is missing. */
export function canRunLabs(findings: readonly Finding[]): boolean {
  return findings.every((finding) => !finding.required || finding.state === 'present');
}
