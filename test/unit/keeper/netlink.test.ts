// Answers of netlink that are cut off, or are none: what can be read is read, and nothing throws.
import { array, assert, constantFrom, nat, property, record, uint8Array } from 'fast-check';
import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { readAddresses, readLinks, readRoutes } from '../../../server/keeper/observe/read-links.ts';
import { readRules } from '../../../server/keeper/observe/read-rules.ts';
import {
  offsetOf,
  PER_NETWORK,
  prepareAnswers,
  readAnswers,
} from '../../../server/kernel/network-memory.ts';
import { questions } from '../../../server/kernel/network-questions.ts';
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

  test('a kernel without nf_tables says that it knows no such thing: that is an end, another error is none', () => {
    const answer = (error: number): Buffer => {
      const body = Buffer.alloc(20);
      body.writeInt32LE(-error, 0);
      return writeRequest(2, body, { isDump: false, sequence: 0 });
    };
    const isDone = (error: number): boolean => readMessages(answer(error)).isDone;
    const { EINVAL, EOPNOTSUPP, EBUSY, ENOMEM, EPERM } = constants.errno;
    expect([EINVAL, EOPNOTSUPP].map(isDone)).toEqual([true, true]);
    expect([EBUSY, ENOMEM, EPERM].map(isDone)).toEqual([false, false, false]);
    expect(readMessages(answer(EINVAL).subarray(0, 18)).isDone).toBe(false);
  });

  test('of a protocol that the kernel does not have nothing is missing, of any other what did not come is', () => {
    const memory = Buffer.alloc(PER_NETWORK);
    prepareAnswers(memory, 0);
    const write = (name: string, datagram: Buffer): void => {
      const question = questions.find((one) => one.name === name);
      if (question === undefined) throw new Error(`nobody asks for ${name}`);
      const head = offsetOf(0, question);
      // Its head, then the heads of the others, then the vectors of all: see recvmmsg(2).
      const first = head + question.datagrams * (64 + 16);
      datagram.copy(memory, first);
      memory.writeUInt32LE(datagram.length, head + 56);
    };
    const done = writeRequest(3, Buffer.alloc(4), { isDump: false, sequence: 0 });
    for (const name of ['links', 'addresses', 'routes']) write(name, done);
    const isCut = (known: number[]): boolean | undefined =>
      [...readAnswers(1, memory, new Set(known)).values()][0]?.isCut;
    expect(isCut([0])).toBe(false);
    expect(isCut([0, 12])).toBe(true);
    for (const name of ['chains', 'rules']) write(name, done);
    expect(isCut([0, 12])).toBe(false);
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
