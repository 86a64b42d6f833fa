// Reads the files of one step and puts its rules to work. Knows the file names, not the rules.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readEntries } from './folders.ts';
import type { NumberedFolder } from './folders.ts';
import type { Problem } from './problem.ts';
import { languages, solutionFileSchema, stepFileSchema } from './schema.ts';
import type { Step } from './schema.ts';
import { findSolutionProblems } from './solution-rules.ts';
import { findStepProblems } from './step-rules.ts';
import type { CheckExpression } from './step-rules.ts';
import { findTextProblems } from './text-rules.ts';
import type { StepText } from './text-rules.ts';
import { readYamlFile } from './yaml-file.ts';

/** A long step has 8 KB of text; parsing is linear, so this only stops a file put here by mistake. */
const TEXT_BYTES = 128 * 1024;

const stepFiles = [
  'step.yaml',
  'solution.yaml',
  ...languages.map((language) => `step.${language}.md`),
];

export type LoadedStep = { step: Step | undefined; problems: Problem[] };

export function loadStep(
  folder: NumberedFolder,
  checkExpression: CheckExpression | undefined,
): LoadedStep {
  const problems = findStrangers(folder);
  const stepFile = readYamlFile(
    join(folder.path, 'step.yaml'),
    `${folder.file}/step.yaml`,
    stepFileSchema,
  );
  const solutionFile = readYamlFile(
    join(folder.path, 'solution.yaml'),
    `${folder.file}/solution.yaml`,
    solutionFileSchema,
  );
  problems.push(...stepFile.problems, ...solutionFile.problems);
  const fr = readText(folder, 'step.fr.md', problems);
  const en = readText(folder, 'step.en.md', problems);
  problems.push(...findTextProblems([fr, en].flatMap((text) => text ?? [])));

  if (stepFile.value === undefined) return { step: undefined, problems };
  problems.push(...findStepProblems(stepFile, stepFile.value, checkExpression));
  if (solutionFile.value === undefined) return { step: undefined, problems };
  problems.push(...findSolutionProblems(solutionFile, solutionFile.value, stepFile.value));
  if (fr === undefined || en === undefined) return { step: undefined, problems };
  const step: Step = {
    ...stepFile.value,
    id: folder.id,
    text: { fr: fr.markdown, en: en.markdown },
    solution: solutionFile.value.actions,
  };
  return { step, problems };
}

function readText(folder: NumberedFolder, name: string, problems: Problem[]): StepText | undefined {
  const path = join(folder.path, name);
  const file = `${folder.file}/${name}`;
  const report = (sentence: string, remedy: string) => {
    problems.push({ file, line: 1, column: 1, sentence, remedy });
    return undefined;
  };
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    return report('this translation is missing', 'write it: a step has its text in every language');
  }
  if (size > TEXT_BYTES) return report(`this text has ${size} bytes`, 'make several steps of it');
  const markdown = readFileSync(path, 'utf8');
  if (markdown.trim() === '') return report('this text is empty', 'write it');
  return { file, markdown };
}

function findStrangers(folder: NumberedFolder): Problem[] {
  return readEntries(folder.path)
    .filter((entry) => !stepFiles.includes(entry.name))
    .map((entry) => ({
      file: `${folder.file}/${entry.name}`,
      line: 1,
      column: 1,
      sentence: 'this is no part of a step',
      remedy: `remove or rename it: a step is ${stepFiles.join(', ')}`,
    }));
}
