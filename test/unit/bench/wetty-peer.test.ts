// What the benchmark says to wetty and understands of it, in frames as wetty 3.2.0 writes them. Starts no wetty.
import { expect, test } from 'vitest';
import { peerNames, terminalMeasures, typistNames } from '../../bench/terminal/measures.ts';
import {
  commitPacket,
  inputPacket,
  readPacket,
  resizePacket,
} from '../../bench/terminal/wetty-packets.ts';

test('each frame of a session is understood as what it is', () => {
  const frames = [
    '0{"sid":"OtIxN6PVs8B4OZSoAAAA","upgrades":[],"pingInterval":3000,"pingTimeout":7000}',
    '40{"sid":"eSpHNyclXKWbvvQUAAAA"}',
    '42["login"]',
    '42["data","\\u001b[?2004hx$ é"]',
    '2',
    '41',
  ];
  expect(frames.map(readPacket)).toEqual([
    { type: 'open' },
    { type: 'connected' },
    { type: 'other' },
    { type: 'output', text: '\u001b[?2004hx$ é' },
    { type: 'ping' },
    { type: 'other' },
  ]);
});

test('what is typed, parsed and resized is said as the page of wetty says it', () => {
  expect(inputPacket('\u0003"')).toBe('42["input","\\u0003\\""]');
  expect(commitPacket(262_144)).toBe('42["commit",262144]');
  expect(resizePacket({ cols: 80, rows: 24 })).toBe('42["resize",{"cols":80,"rows":24}]');
});

test('whatever has a server is measured beside the naive one and wetty, a class that types too', () => {
  const names = new Set(terminalMeasures.map(({ name }) => name));
  const ofLab = [...names].filter((name) => name.endsWith(': lab'));
  expect(ofLab).toContain(typistNames('lab').share);
  const missing = ['naive server', 'wetty'].flatMap((peer) =>
    ofLab.map((name) => name.replace(/: lab$/, `: ${peer}`)).filter((name) => !names.has(name)),
  );
  expect(missing).toEqual([]);
  expect(peerNames[0]).toBe('lab');
});
