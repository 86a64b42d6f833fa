// Turns what zod says of a course file into a sentence and a remedy for its author.
// Knows the shape of issues, no file and no course.
import type { z } from 'zod';
import { languages } from './schema.ts';
import type { Language } from './schema.ts';

type Issue = z.core.$ZodIssue;
type IssuePath = (string | number)[];

export type ExplainedIssue = { path: IssuePath; sentence: string; remedy: string };

const languageNames: Record<Language, string> = { fr: 'French', en: 'English' };

/** `exists` tells whether the file has anything at a path: a missing key and a wrong value differ. */
export function explainIssue(issue: Issue, exists: (path: IssuePath) => boolean): ExplainedIssue[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const name = path.at(-1);

  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      sentence: `\`${key}\` is no key of ${describe(path)}`,
      remedy: 'remove it or correct its spelling; docs/AUTHORING.md lists the keys',
    }));
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue.errors);
    if (nearest !== undefined) {
      return nearest.flatMap((inner) =>
        explainIssue({ ...inner, path: [...path, ...inner.path] }, exists),
      );
    }
  }
  if (!exists(path)) {
    const language = languages.find((candidate) => candidate === name);
    if (language !== undefined) {
      const parent = path.slice(0, -1);
      return [
        {
          path,
          sentence: `the ${languageNames[language]} translation of ${describe(parent)} is missing`,
          remedy: `add \`${language}:\` under it`,
        },
      ];
    }
    return [
      {
        path,
        sentence: `\`${String(name ?? '')}\` is missing in ${describe(path.slice(0, -1))}`,
        remedy: 'add it; docs/AUTHORING.md says what it holds',
      },
    ];
  }
  return [
    {
      path,
      sentence: `${describe(path)} does not fit: ${lowerFirst(issue.message)}`,
      remedy: 'correct this value; docs/AUTHORING.md says what it may be',
    },
  ];
}

/** The branch of a union that the author most likely meant: the one with the least to complain about. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const weight = (issues: readonly Issue[]) =>
    issues.reduce(
      (sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1),
      0,
    );
  const sorted = branches
    .filter((issues) => issues.length > 0)
    .toSorted((a, b) => weight(a) - weight(b));
  return sorted[0];
}

/** `checks[0].goal` as an author would write it, or `this file` for the whole. */
function describe(path: IssuePath): string {
  if (path.length === 0) return 'this file';
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return `\`${text.replace(/^\./, '')}\``;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
