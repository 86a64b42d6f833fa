// What of a pasted text goes to the program.
import { expect, it } from 'vitest';
import { cleanPaste } from '../../../app/ui/terminal/clean-paste.ts';

it('takes out what could end the bracket or press a key, of seven bits and of eight', () => {
  expect(cleanPaste('a\u001b[201~b\u009b201~c\u0003\u007f\0d')).toBe('a[201~b201~cd');
});

it('leaves text as it is, with its tabs, lines and any script', () => {
  const text = 'if true\r\n\tthen\n été 日本 👩‍👩‍👧 e\u0301\r';
  expect(cleanPaste(text)).toBe(text);
});
