// Answers of netlink that are cut off, or are none: what can be read is read, and nothing throws.
import { array, assert, constantFrom, nat, property, record, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddresses, readLinks, readRoutes } from '../../../server/keeper/observe/read-links.ts';
import { readRules } from '../../../server/keeper/observe/read-rules.ts';
import { Attributes, readMessages, writeRequest } from '../../../server/kernel/netlink.ts';

const RTM_NEWLINK = 16;
const tables = 10 << 8;
/** Types whose bodies somebody reads. */
const types = [RTM_NEWLINK, 20, 24, 88, tables | 3, tables | 6] as const;

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(4 + value.length, 0);
  head.writeUInt16LE(type, 2);
  const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
  return Buffer.concat([head, value, padding]);
}

function linkMessage(name: string): Buffer {
  const info = Buffer.alloc(16);
  info.writeInt32LE(7, 4);
  info.writeUInt32LE(1, 8);
  const body = Buffer.concat([info, attribute(3, Buffer.from(`${name}\0`))]);
  return writeRequest(RTM_NEWLINK, body, { isDump: false, sequence: 5 });
}

describe('netlink', () => {
  test('messages that follow each other are taken apart, the last even when it is cut', () => {
    const both = Buffer.concat([linkMessage('veth0'), linkMessage('a')]);
    const { messages } = readMessages(both);
    expect(readLinks(messages).map(({ index, name, up }) => ({ index, name, up }))).toEqual([
      { index: 7, name: 'veth0', up: true },
      { index: 7, name: 'a', up: true },
    ]);
    for (let length = 0; length < both.length; length += 1) {
      const whole = length < linkMessage('veth0').length ? 0 : 1;
      expect(readMessages(both.subarray(0, length)).messages).toHaveLength(whole);
    }
  });

  test('a length that leads back, or beyond, ends the reading', () => {
    for (const length of [0, 3, 15, 0xffff_ffff]) {
      const message = linkMessage('veth0');
      message.writeUInt32LE(length, 0);
      expect(readMessages(message).messages).toEqual([]);
    }
    const looped = Buffer.from([0, 0, 1, 0, 4, 0, 2, 0]);
    expect(new Attributes(looped).bytes(2)).toBeUndefined();
  });

  test('no bytes whatever make a reader throw, or read beyond them', () => {
    assert(
      property(
        constantFrom(...types),
        array(record({ type: nat(40), value: uint8Array({ maxLength: 60 }) }), {
          maxLength: 12,
        }),
        uint8Array({ maxLength: 300 }),
        (type, attributes, tail) => {
          const parts = attributes.map((each) => attribute(each.type, Buffer.from(each.value)));
          for (const body of [
            Buffer.concat([Buffer.alloc(16), ...parts, tail]),
            Buffer.from(tail),
          ]) {
            const message = { type, sequence: 0, body };
            readLinks([message]);
            readAddresses([message]);
            readRoutes([message]);
            readRules([message], [message], new Map());
            const { messages } = readMessages(body);
            const bytes = messages.reduce((sum, one) => sum + one.body.length + 16, 0);
            expect(bytes).toBeLessThanOrEqual(body.length);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
