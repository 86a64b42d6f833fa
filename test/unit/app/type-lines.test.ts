// Typing one line after the other.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { endsInPrompt } from '../../../app/lab-client/prompt.ts';
import { typeLines } from '../../../app/lab-client/type-lines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function makeTerminal(spoken: boolean) {
  const typed: string[] = [];
  let listener: ((data: Uint8Array) => void) | undefined;
  const stream = {
    type: (data: Uint8Array) => void typed.push(new TextDecoder().decode(data)),
    hasSpoken: () => spoken,
    onOutput: (next: (data: Uint8Array) => void) => {
      listener = next;
      return () => (listener = undefined);
    },
  };
  const print = async (text: string) => {
    listener?.(new TextEncoder().encode(text));
    await vi.advanceTimersByTimeAsync(50);
  };
  return { stream, typed, print };
}

it('knows the prompts of bash, sh and root, through colours and bracketed paste', () => {
  for (const tail of ['# ', 'student@lab:~$ ', '\u001b[?2004h\u001b[32mme\u001b[0m:~$ ', '> ']) {
    expect([tail, endsInPrompt(tail)]).toEqual([tail, true]);
  }
  for (const tail of ['', 'PID', '100%', 'cat > x', '$ ls']) {
    expect([tail, endsInPrompt(tail)]).toEqual([tail, false]);
  }
});

it('waits for the prompt between lines, and ends each with Enter', async () => {
  const { stream, typed, print } = makeTerminal(true);
  const done = typeLines(stream, ['one', 'two']);
  await vi.advanceTimersByTimeAsync(500);
  expect(typed).toEqual(['one\r']);
  await print('one\r\noutput\r\n');
  expect(typed).toEqual(['one\r']);
  await print('# ');
  await done;
  expect(typed).toEqual(['one\r', 'two\r']);
});

it('waits for the first prompt of a shell that has said nothing yet', async () => {
  const { stream, typed, print } = makeTerminal(false);
  const done = typeLines(stream, ['one']);
  await vi.advanceTimersByTimeAsync(500);
  expect(typed).toEqual([]);
  await print('$ ');
  await done;
  expect(typed).toEqual(['one\r']);
});

it('goes on without a prompt after three seconds', async () => {
  const { stream, typed } = makeTerminal(true);
  const done = typeLines(stream, ['sleep 100', 'next']);
  await vi.advanceTimersByTimeAsync(3_001);
  await done;
  expect(typed).toEqual(['sleep 100\r', 'next\r']);
});
