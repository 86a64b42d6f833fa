// Follows the expressions of one rule of nf_tables, which load what a packet has into registers and compare it, and
// says what they come to. What it does not know it leaves out. Knows no chain.
import type { Attributes } from '../../kernel/netlink.ts';
import { networkLimits, type ObservedRule } from '../../protocol/network.ts';
import { addressText } from './address-text.ts';
import { readTarget } from './read-target.ts';

type Match = ObservedRule['matches'][number];
type Loaded = { field: Match['field']; prefix?: number };

/** Attributes of each expression, linux/netfilter/nf_tables.h. */
const META = { DREG: 1, KEY: 2 };
const PAYLOAD = { DREG: 1, BASE: 2, OFFSET: 3, LENGTH: 4 };
const CMP = { SREG: 1, OP: 2, DATA: 3 };
const BITWISE = { SREG: 1, DREG: 2, MASK: 4, XOR: 5 };
const IMMEDIATE = { DREG: 1, DATA: 2 };
const DATA = { VALUE: 1, VERDICT: 2 };
const VERDICT = { CODE: 1, CHAIN: 2 };
const NAT = { TYPE: 1, ADDRESS_REGISTER: 3, PORT_REGISTER: 5 };
const REDIRECT_PORT_REGISTER = 1;
const COUNTER = { BYTES: 1, PACKETS: 2 };
const MATCH = { NAME: 1, INFO: 3 };
const TARGET = { NAME: 1, REVISION: 2, INFO: 3 };
const OP_NOT_EQUAL = 1;
/** Flags of struct xt_tcp and xt_udp that turn a match round, and the further bytes of xt_tcp that are matched. */
const INVERT = { SOURCE_PORT: 1, DESTINATION_PORT: 2 };
const XT_TCP = { OPTION: 8, FLAGS: 9, INVERT: 11 };
const XT_UDP_INVERT = 8;

/** Expressions, and matches of iptables, that no packet has to fit. */
const fitsAll = new Set(['log', 'objref', 'last', 'notrack', 'dup', 'fwd', 'queue', 'dynset']);
const COMMENT = 'comment';

/** Keys of `meta`. */
const metaFields = new Map<number, Match['field']>([
  [6, 'in'],
  [7, 'out'],
  [16, 'protocol'],
]);
/** Parts of a packet by header (1 network, 2 transport), offset and length: linux/ip.h, ipv6.h, tcp.h. */
const packetFields = new Map<string, Match['field']>([
  ['1:9:1', 'protocol'],
  ['1:6:1', 'protocol'],
  ['1:12:4', 'source'],
  ['1:16:4', 'destination'],
  ['1:8:16', 'source'],
  ['1:24:16', 'destination'],
  ['2:0:2', 'source-port'],
  ['2:2:2', 'destination-port'],
]);
const protocols = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
]);
const verdicts = new Map<number, ObservedRule['action']>([
  [0, 'drop'],
  [1, 'accept'],
  [-3, 'jump'],
  [-4, 'jump'],
  [-5, 'return'],
]);

export class RuleReading {
  readonly #loaded = new Map<number, Loaded>();
  readonly #values = new Map<number, Buffer>();
  readonly #matches: Match[] = [];
  /** A packet must have more than `matches` tell. */
  #more = false;
  #action: ObservedRule['action'] = 'none';
  #to: string | null = null;
  #counted: ObservedRule['counted'] = null;

  get result(): Pick<ObservedRule, 'matches' | 'more' | 'action' | 'to' | 'counted'> {
    return {
      matches: this.#matches.slice(0, networkLimits.matches),
      more: this.#more || this.#matches.length > networkLimits.matches,
      action: this.#action,
      to: this.#to,
      counted: this.#counted,
    };
  }

  take(name: string, data: Attributes): void {
    switch (name) {
      case 'meta':
        this.#load(
          data.networkNumber(META.DREG),
          metaFields.get(data.networkNumber(META.KEY) ?? -1),
        );
        return;
      case 'payload':
        this.#takePayload(data);
        return;
      case 'bitwise':
        this.#takeBitwise(data);
        return;
      case 'cmp':
        this.#takeComparison(data);
        return;
      case 'immediate':
        this.#takeImmediate(data);
        return;
      case 'counter':
        this.#counted = {
          packets: data.networkNumber(COUNTER.PACKETS) ?? 0,
          bytes: data.networkNumber(COUNTER.BYTES) ?? 0,
        };
        return;
      case 'masq':
        this.#act('masquerade', null);
        return;
      case 'nat':
        this.#act(data.networkNumber(NAT.TYPE) === 0 ? 'snat' : 'dnat', this.#destination(data));
        return;
      case 'redir':
        this.#act('redirect', this.#port(data.networkNumber(REDIRECT_PORT_REGISTER)));
        return;
      case 'reject':
        this.#act('reject', null);
        return;
      case 'target':
        this.#takeTarget(data);
        return;
      case 'match':
        this.#takeMatch(data);
        return;
      default:
        if (fitsAll.has(name)) return;
        // It may have loaded a register, and compared what it found.
        this.#more = true;
        this.#loaded.clear();
    }
  }

  #act(action: ObservedRule['action'], to: string | null): void {
    this.#action = action;
    this.#to = to;
  }

  #load(register: number | undefined, field: Match['field'] | undefined): void {
    if (register === undefined) return;
    this.#loaded.delete(register);
    if (field !== undefined) this.#loaded.set(register, { field });
  }

  #takePayload(data: Attributes): void {
    const [base, offset, length] = [PAYLOAD.BASE, PAYLOAD.OFFSET, PAYLOAD.LENGTH].map((part) =>
      data.networkNumber(part),
    );
    // iptables-nft compares whole bytes of a prefix by loading fewer of them.
    const whole = packetFields.get(`${base}:${offset}:${length}`);
    const address =
      packetFields.get(`${base}:${offset}:4`) ?? packetFields.get(`${base}:${offset}:16`);
    const register = data.networkNumber(PAYLOAD.DREG);
    const field = whole ?? (base === 1 && (length ?? 0) < 16 ? address : undefined);
    this.#load(register, field);
    if (whole === undefined && field !== undefined && register !== undefined) {
      this.#loaded.set(register, { field, prefix: (length ?? 0) * 8 });
    }
  }

  #takeBitwise(data: Attributes): void {
    const loaded = this.#loaded.get(data.networkNumber(BITWISE.SREG) ?? -1);
    const register = data.networkNumber(BITWISE.DREG) ?? -1;
    const prefix = prefixOf(data.nest(BITWISE.MASK).bytes(DATA.VALUE));
    const isTurned =
      data
        .nest(BITWISE.XOR)
        .bytes(DATA.VALUE)
        ?.some((byte) => byte !== 0) === true;
    this.#loaded.delete(register);
    const isAddress = loaded?.field === 'source' || loaded?.field === 'destination';
    if (!isAddress || prefix === undefined || isTurned) return;
    this.#loaded.set(register, { ...loaded, prefix });
  }

  #takeComparison(data: Attributes): void {
    const loaded = this.#loaded.get(data.networkNumber(CMP.SREG) ?? -1);
    const value = data.nest(CMP.DATA).bytes(DATA.VALUE);
    const operation = data.networkNumber(CMP.OP);
    const isTold = loaded !== undefined && value !== undefined && (operation ?? 9) <= OP_NOT_EQUAL;
    const text = isTold ? textOf(loaded, value) : undefined;
    if (!isTold || text === undefined) this.#more = true;
    else this.#matches.push({ field: loaded.field, not: operation === OP_NOT_EQUAL, value: text });
  }

  #takeImmediate(data: Attributes): void {
    const value = data.nest(IMMEDIATE.DATA).bytes(DATA.VALUE);
    const register = data.networkNumber(IMMEDIATE.DREG);
    if (value !== undefined && register !== undefined) {
      this.#values.set(register, value);
      this.#loaded.delete(register);
    }
    const verdict = data.nest(IMMEDIATE.DATA).nest(DATA.VERDICT);
    const code = verdict.bytes(VERDICT.CODE)?.readInt32BE(0);
    if (code === undefined) return;
    this.#act(verdicts.get(code) ?? 'other', verdict.text(VERDICT.CHAIN)?.slice(0, 256) ?? null);
  }

  #destination(data: Attributes): string | null {
    const value = this.#values.get(data.networkNumber(NAT.ADDRESS_REGISTER) ?? -1);
    const address = value === undefined ? null : addressText(value);
    const port = this.#port(data.networkNumber(NAT.PORT_REGISTER));
    return port === null ? address : `${address ?? ''}:${port}`;
  }

  #port(register: number | undefined): string | null {
    const value = this.#values.get(register ?? -1);
    return value === undefined || value.length < 2 ? null : String(value.readUInt16BE(0));
  }

  #takeTarget(data: Attributes): void {
    const { action, to } = readTarget({
      name: data.text(TARGET.NAME) ?? '',
      revision: data.networkNumber(TARGET.REVISION) ?? 0,
      info: data.bytes(TARGET.INFO) ?? Buffer.alloc(0),
    });
    this.#act(action, to);
  }

  /** struct xt_tcp and xt_udp begin with the ranges of ports, in the machine's order. */
  #takeMatch(data: Attributes): void {
    const name = data.text(MATCH.NAME);
    const info = data.bytes(MATCH.INFO);
    if (name === COMMENT) return;
    const inverted = info?.[name === 'tcp' ? XT_TCP.INVERT : XT_UDP_INVERT];
    if ((name !== 'tcp' && name !== 'udp') || info === undefined || inverted === undefined) {
      this.#more = true;
      return;
    }
    if (name === 'tcp' && (info[XT_TCP.OPTION] !== 0 || info[XT_TCP.FLAGS] !== 0))
      this.#more = true;
    for (const [field, at, flag] of [
      ['source-port', 0, INVERT.SOURCE_PORT] as const,
      ['destination-port', 4, INVERT.DESTINATION_PORT] as const,
    ]) {
      const [low, high] = [info.readUInt16LE(at), info.readUInt16LE(at + 2)];
      if (low === 0 && high === 0xffff) continue;
      const value = low === high ? String(low) : `${low}-${high}`;
      this.#matches.push({ field, not: (inverted & flag) !== 0, value });
    }
  }
}

/** Length of the prefix that a mask is; undefined for a mask that is none. */
function prefixOf(mask: Buffer | undefined): number | undefined {
  const bits = [...(mask ?? [])].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1+0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

function textOf({ field, prefix }: Loaded, value: Buffer): string | undefined {
  switch (field) {
    case 'in':
    case 'out': {
      // A name that ends in * is compared without its end.
      const text = value.toString('utf8');
      return (text.includes('\0') ? text.replace(/\0.*$/s, '') : `${text}*`).slice(0, 64);
    }
    case 'protocol':
      return protocols.get(value[0] ?? 0) ?? String(value[0]);
    case 'source-port':
    case 'destination-port':
      return value.length < 2 ? undefined : String(value.readUInt16BE(0));
    case 'source':
    case 'destination': {
      const full = Buffer.alloc(value.length > 4 ? 16 : 4);
      value.copy(full);
      return prefix === undefined ? addressText(full) : `${addressText(full)}/${prefix}`;
    }
  }
}
