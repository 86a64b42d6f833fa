// Messages of netlink(7): writes requests, and takes answers apart into their parts. Knows no family of it.
import { constants } from 'node:os';

/** sizeof(struct nlmsghdr) and of struct nlattr. */
const HEADER_BYTES = 16;
const ATTRIBUTE_BYTES = 4;
const NLM_F_REQUEST = 1;
const NLM_F_DUMP = 0x300;
/** Flag of an answer: what was listed has changed meanwhile. */
const NLMSG_DONE = 3;
const NLMSG_ERROR = 2;
const { EINVAL, EOPNOTSUPP } = constants.errno;
/** Type of an attribute without its flags (NLA_TYPE_MASK). */
const TYPE_MASK = 0x3fff;

export type NetlinkMessage = { type: number; sequence: number; body: Buffer };

/** `body`: what follows the header. */
export function writeRequest(
  type: number,
  body: Buffer,
  { isDump, sequence }: { isDump: boolean; sequence: number },
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(HEADER_BYTES + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(NLM_F_REQUEST | (isDump ? NLM_F_DUMP : 0), 6);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, body]);
}

export function writeAttribute(type: number, value: number): Buffer {
  const attribute = Buffer.alloc(ATTRIBUTE_BYTES + 4);
  attribute.writeUInt16LE(attribute.length, 0);
  attribute.writeUInt16LE(type, 2);
  attribute.writeInt32LE(value, 4);
  return attribute;
}

/**
 * The messages of one datagram, and whether the last of a dump is among them: that may be the answer that the kernel
 * knows no such subsystem (EINVAL of nfnetlink, EOPNOTSUPP), which has nothing to list then.
 */
export function readMessages(datagram: Buffer): { messages: NetlinkMessage[]; isDone: boolean } {
  const messages: NetlinkMessage[] = [];
  let isDone = false;
  for (let at = 0; at + HEADER_BYTES <= datagram.length;) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER_BYTES || at + length > datagram.length) break;
    const type = datagram.readUInt16LE(at + 4);
    isDone ||= type === NLMSG_DONE || (type === NLMSG_ERROR && isUnknown(datagram, at));
    messages.push({
      type,
      sequence: datagram.readUInt32LE(at + 8),
      body: datagram.subarray(at + HEADER_BYTES, at + length),
    });
    at += align(length);
  }
  return { messages, isDone };
}

/** struct nlmsgerr begins with the error, negative. */
function isUnknown(datagram: Buffer, at: number): boolean {
  if (at + HEADER_BYTES + 4 > datagram.length) return false;
  return [EINVAL, EOPNOTSUPP].includes(-datagram.readInt32LE(at + HEADER_BYTES));
}

/** Attributes of one message or nest, by type. */
export class Attributes {
  readonly #list: readonly { type: number; value: Buffer }[];

  /** They begin at `from` of `bytes`. */
  constructor(bytes: Buffer, from = 0) {
    const list: { type: number; value: Buffer }[] = [];
    for (let at = from; at + ATTRIBUTE_BYTES <= bytes.length;) {
      const length = bytes.readUInt16LE(at);
      if (length < ATTRIBUTE_BYTES || at + length > bytes.length) break;
      const type = bytes.readUInt16LE(at + 2) & TYPE_MASK;
      list.push({ type, value: bytes.subarray(at + ATTRIBUTE_BYTES, at + length) });
      at += align(length);
    }
    this.#list = list;
  }

  bytes(type: number): Buffer | undefined {
    return this.#list.find((each) => each.type === type)?.value;
  }

  /** All of that type, as nests. */
  nests(type: number): Attributes[] {
    return this.#list
      .filter((each) => each.type === type)
      .map(({ value }) => new Attributes(value));
  }

  nest(type: number): Attributes {
    return new Attributes(this.bytes(type) ?? Buffer.alloc(0));
  }

  /** Up to its zero byte. */
  text(type: number): string | undefined {
    return this.bytes(type)?.toString('utf8').replace(/\0.*$/s, '');
  }

  /** In the byte order of the machine. */
  number(type: number): number | undefined {
    const value = this.bytes(type);
    return value?.length === 4 ? value.readUInt32LE(0) : undefined;
  }

  /** In that of the network, of 32 or 64 bits: as nf_tables has it. */
  networkNumber(type: number): number | undefined {
    const value = this.bytes(type);
    if (value?.length === 8) return Number(value.readBigUInt64BE(0));
    return value?.length === 4 ? value.readUInt32BE(0) : undefined;
  }
}

const align = (length: number): number => (length + 3) & ~3;
