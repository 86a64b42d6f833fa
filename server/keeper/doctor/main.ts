// doctor: tells for each thing a lab needs whether this machine has it, how that was tested, what it costs
// to lack it and how to get it. Started by cli in a mount namespace that goes with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../foundation/config.ts';
import { fileProbes } from './file-probes.ts';
import { canRunLabs, examine, type Finding } from './finding.ts';
import { limitProbes } from './limit-probes.ts';
import { networkProbes } from './network-probes.ts';
import { processProbes } from './process-probes.ts';

const config = readConfig();
const scratch = mkdtempSync(join(tmpdir(), 'doctor-'));
try {
  const { stateDir, labs: most, limits } = config;
  const context = { scratch, stateDir, diskBytes: limits.diskBytes, labs: most, limits };
  const findings: Finding[] = [];
  // One after the other: two probes at once could blame each other's load.
  for (const probe of [...processProbes, ...fileProbes, ...limitProbes, ...networkProbes]) {
    findings.push(await examine(probe, context));
  }
  const labs = canRunLabs(findings);
  process.stdout.write(
    process.argv.includes('--json')
      ? `${JSON.stringify({ labs, findings })}\n`
      : inWords(labs, findings),
  );
  process.exitCode = labs ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function inWords(labs: boolean, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.thing.length));
  const lines = findings.flatMap((finding) => {
    const mark = finding.state === 'present' ? 'yes' : finding.required ? 'NO ' : 'no ';
    const line = `${mark}  ${finding.thing.padEnd(width)}  ${finding.found}`;
    if (finding.state === 'present') return [line];
    const indent = ' '.repeat(5);
    return [
      line,
      `${indent}tested: ${finding.tested}`,
      `${indent}costs: ${finding.cost}`,
      `${indent}remedy: ${finding.remedy}`,
    ];
  });
  const verdict = labs
    ? 'Labs can run on this machine.'
    : 'Labs cannot run on this machine: see each NO above.';
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
