// Reset, size and kept screens among what is written, on a real emulator without a page.
import { Terminal } from '@xterm/headless/lib-headless/xterm-headless.mjs';
import { expect, it } from 'vitest';
import { keepOrder } from '../../../app/ui/terminal/screen-order.ts';

function emulator() {
  const terminal = new Terminal({ cols: 20, rows: 4, allowProposedApi: true });
  const order = keepOrder(terminal);
  const lines = () =>
    [0, 1, 2, 3].map((y) => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '');
  const parsed = () => new Promise<void>((done) => terminal.write('', done));
  const sizeNow = () => ({ cols: terminal.cols, rows: terminal.rows });
  return { terminal, order, lines, parsed, sizeNow };
}

it('resets after what was written before, so that nothing of it is parsed later', async () => {
  const { terminal, order, lines, parsed } = emulator();
  terminal.write('old '.repeat(3));
  order.reset();
  terminal.write('new');
  await parsed();
  expect(lines()).toEqual(['new', '', '', '']);
});

it('draws a kept screen in its size, and goes on in the size that came meanwhile', async () => {
  const { terminal, order, lines, parsed, sizeNow } = emulator();
  const sizes: unknown[] = [];
  terminal.write('old');
  order.reset();
  order.draw('\u001b[1;30Hright', { cols: 40, rows: 3 });
  terminal.write('', () => sizes.push(sizeNow()));
  order.resizeNow({ cols: 50, rows: 4 });
  expect([order.size(), sizeNow()]).toEqual([
    { cols: 50, rows: 4 },
    { cols: 20, rows: 4 },
  ]);
  await parsed();
  expect(sizes).toEqual([{ cols: 50, rows: 4 }]);
  expect(lines()[0]).toBe(`${' '.repeat(29)}right`);
});

it('changes size where the output for it begins, and at once for a person', async () => {
  const { terminal, order, lines, parsed, sizeNow } = emulator();
  terminal.write('\u001b[4;1Hat the foot');
  order.resize({ cols: 30, rows: 2 });
  terminal.write('\u001b[1;25Hend');
  expect(sizeNow()).toEqual({ cols: 20, rows: 4 });
  await parsed();
  expect(sizeNow()).toEqual({ cols: 30, rows: 2 });
  expect(lines().join('\n')).toContain(`${' '.repeat(24)}end`);
  order.resizeNow({ cols: 25, rows: 4 });
  expect(sizeNow()).toEqual({ cols: 25, rows: 4 });
});

it('changes nothing of an emulator that is about to go', async () => {
  const { terminal, order, lines, parsed } = emulator();
  terminal.write('last');
  order.reset();
  order.stop();
  await parsed();
  expect(lines()[0]).toBe('last');
});

it('each size begins where its output does, and one set at once outlasts those before it', async () => {
  const { terminal, order, parsed, sizeNow } = emulator();
  const sizes: number[] = [];
  const note = () => terminal.write('', () => sizes.push(terminal.cols));
  note();
  order.resize({ cols: 30, rows: 4 });
  note();
  order.draw('kept', { cols: 50, rows: 4 });
  note();
  order.resize({ cols: 40, rows: 4 });
  note();
  await parsed();
  expect(sizes).toEqual([20, 30, 30, 40]);
  order.resize({ cols: 60, rows: 4 });
  order.resizeNow({ cols: 25, rows: 4 });
  await parsed();
  expect([order.size(), sizeNow()]).toEqual([
    { cols: 25, rows: 4 },
    { cols: 25, rows: 4 },
  ]);
});
