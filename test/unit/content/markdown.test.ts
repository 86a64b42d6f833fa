// What the words after a fence mean, and which blocks a text has.
import { expect, test } from 'vitest';
import { listCodeBlocks, parseBlockInfo } from '../../../content/markdown.ts';

test.each([
  ['sh', 'terminal=1', { kind: 'run', terminal: 1 }],
  ['sh', ' terminal=2 ', { kind: 'run', terminal: 2 }],
  ['sh', null, { kind: 'copy' }],
  ['output', undefined, { kind: 'output' }],
  ['sh', 'terminal=3', { kind: 'unknown', word: 'terminal=3' }],
  ['sh', 'terminal=1 now', { kind: 'unknown', word: 'now' }],
  ['output', 'terminal=1', { kind: 'unknown', word: 'terminal=1' }],
  ['bash', null, { kind: 'unknown', word: 'bash' }],
  [null, null, { kind: 'unknown', word: '' }],
])('%s %s', (lang, meta, expected) => {
  expect(parseBlockInfo(lang, meta)).toEqual(expected);
});

test('blocks are listed in order, also those within a list or a call-out', () => {
  const markdown = [
    'Text with `code`.',
    '',
    '```sh terminal=2',
    'ls',
    'pwd',
    '```',
    '',
    '> [!NOTE]',
    '>',
    '> ```output',
    '> /',
    '> ```',
    '',
    '- item',
    '',
    '  ```sh',
    '  date',
    '  ```',
  ].join('\n');
  expect(listCodeBlocks(markdown)).toEqual([
    { info: { kind: 'run', terminal: 2 }, value: 'ls\npwd', line: 3, column: 1 },
    { info: { kind: 'output' }, value: '/', line: 10, column: 3 },
    { info: { kind: 'copy' }, value: 'date', line: 16, column: 3 },
  ]);
});
