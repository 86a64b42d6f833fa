// The waiting line: who is told what, and when.
import { describe, expect, test } from 'vitest';
import { WaitingLine, type Place, type Waiter } from '../../../server/link/waiting-line.ts';

function waiter(lab: string): Waiter & { places: string[] } {
  const places: string[] = [];
  const told = ({ before, reason }: Place) => void places.push(`${before} ${reason}`);
  return { lab, told, places };
}

describe('waiting line', () => {
  test('[P6] each is told its place when it comes and at each change, and nothing twice', () => {
    const line = new WaitingLine();
    const [first, second, third] = [waiter('a'), waiter('b'), waiter('c')];
    line.enter(first, 'labs');
    line.enter(second, 'address');
    line.enter(third, 'labs');
    line.refuse(first, 'labs');
    line.leave(second);
    line.refuse(first, 'disk');
    expect(first.places).toEqual(['0 labs', '0 disk']);
    expect(second.places).toEqual(['1 address']);
    expect(third.places).toEqual(['2 labs', '1 labs']);
    expect(line.waiters()).toEqual([first, third]);
  });
  test('[P6] only those who wait for room of the house hold up newcomers', () => {
    const line = new WaitingLine();
    const [full, crowded] = [waiter('a'), waiter('b')];
    line.enter(crowded, 'address');
    expect(line.holdsUpNewcomers()).toBe(false);
    line.enter(full, 'disk');
    expect(line.holdsUpNewcomers()).toBe(true);
    line.leave(full);
    line.leave(full);
    expect(line.length).toBe(1);
  });
});
