// What a page sends, by property: each message is read as it was written, and nothing that is a little different is.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newLabId } from '../../../server/foundation/random-id.ts';
import { readInput, readMessage } from '../../../server/link/page-message.ts';
import { PROTOCOL_VERSION } from '../../../server/protocol/browser-messages.ts';
import { closeReasons } from '../../../server/protocol/close-codes.ts';
import { INPUT_FRAME_BYTES } from '../../../server/protocol/flow-control.ts';
import { encodeFrame } from '../../../server/protocol/frames.ts';

const type = <Type extends string>(name: Type) => fc.constant(name);
const request = fc.integer({ min: 0, max: 0xffffffff });
const terminal = fc.integer({ min: 1, max: 0xffff });
const offset = fc.maxSafeNat();
const size = fc.record({
  cols: fc.integer({ min: 2, max: 1000 }),
  rows: fc.integer({ min: 1, max: 1000 }),
});
const messages = fc.oneof(
  fc.record({
    type: type('hello'),
    version: fc.constant(PROTOCOL_VERSION),
    grant: fc.string({ maxLength: 4096 }),
    lab: fc.constant(newLabId()),
    client: fc.stringMatching(/^[\w-]{8,40}$/),
  }),
  fc.record({ type: type('open'), request, size }),
  fc.record({ type: type('attach'), request, terminal, offset, size }),
  fc.record({ type: type('resize'), terminal, size }),
  fc.record({ type: type('ack'), terminal, offset }),
  fc.record({ type: type('close'), terminal }),
  fc.record({ type: type('xray'), on: fc.boolean(), networks: fc.boolean() }),
  fc.record({ type: type('reset'), home: fc.constantFrom('keep', 'empty') }),
  fc.record({ type: type('record'), terminal, on: fc.boolean() }),
  fc.record({ type: type('read-recording'), terminal, offset }),
  fc.record({ type: type('lend-keyboard'), helper: fc.integer({ min: 1 }) }),
  fc.record({ type: fc.constantFrom('keep', 'check-now', 'ask-keyboard', 'return-keyboard') }),
  fc.record({ type: type('ping'), request }),
);

const read = (value: unknown) => readMessage(Buffer.from(JSON.stringify(value)));
const refused = { fatal: closeReasons.unknownMessage };

describe('a text message', () => {
  test('[P2] each is read as it was written', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(read(message)).toEqual({ value: message });
      }),
    );
  });
  test('[P2] with a key more it is none', () => {
    const names = fc.string().filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(messages, names, fc.jsonValue(), (message, name, value) => {
        fc.pre(!(name in message) && !(message.type === 'reset' && name === 'home'));
        expect(read({ ...message, [name]: value })).toEqual(refused);
      }),
    );
  });
  test('[P2] with a key less it is none', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (message, which) => {
        const keys = Object.keys(message).filter((key) => key !== 'home');
        const left = Object.entries(message).filter(([key]) => key !== keys[which % keys.length]);
        expect(read(Object.fromEntries(left))).toEqual(refused);
      }),
    );
  });
  test('[P2] no bytes throw, and no other JSON is taken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.json(), (bytes, json) => {
        expect(readMessage(bytes)).toEqual(refused);
        expect(readMessage(Buffer.from(json))).toEqual(refused);
      }),
    );
  });
});

describe('an input frame', () => {
  test('[P3] is read as it was written, and one of output or one byte too long is none', () => {
    const data = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(terminal, offset, data, (to, at, bytes) => {
        const frame = { kind: 'input', terminal: to, offset: at, data: bytes } as const;
        expect(readInput(encodeFrame(frame))).toEqual({ value: frame });
        expect(readInput(encodeFrame({ ...frame, kind: 'output' }))).toEqual(refused);
        const long = new Uint8Array(INPUT_FRAME_BYTES + 1);
        const tooLarge = { fatal: closeReasons.tooLarge };
        expect(readInput(encodeFrame({ ...frame, data: long }))).toEqual(tooLarge);
      }),
    );
  });
});
