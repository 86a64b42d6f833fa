// Follows the expressions of one rule of nf_tables, which load what a packet has into registers and compare it, and
// says what they come to. What it does not know it leaves out. Knows no chain.
import type { Attributes } from '../../kernel/netlink.ts';
import { networkLimits, type ObservedRule } from '../../protocol/network.ts';
import { addressText } from './address-text.ts';
import {
  comparedWith,
  ofMeta,
  ofPacket,
  prefixOf,
  type DeviceNames,
  type Loaded,
  type Match,
} from './packet-fields.ts';
import { readPortMatch } from './read-port-match.ts';
import { readTarget } from './read-target.ts';

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
/** Expressions, and matches of iptables, that no packet has to fit. */
const fitsAll = new Set(['log', 'objref', 'last', 'notrack', 'dup', 'fwd', 'queue', 'dynset']);
const COMMENT = 'comment';

const verdicts = new Map<number, ObservedRule['action']>([
  [0, 'drop'],
  [1, 'accept'],
  [-3, 'jump'],
  [-4, 'jump'],
  [-5, 'return'],
]);

export class RuleReading {
  readonly #names: DeviceNames;
  readonly #loaded = new Map<number, Loaded>();
  readonly #values = new Map<number, Buffer>();
  readonly #matches: Match[] = [];
  /** A packet must have more than `matches` tell. */
  #more = false;
  #action: ObservedRule['action'] = 'none';
  #to: string | null = null;
  #counted: ObservedRule['counted'] = null;

  constructor(names: DeviceNames) {
    this.#names = names;
  }

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
        this.#load(data.networkNumber(META.DREG), ofMeta(data.networkNumber(META.KEY)));
        return;
      case 'payload':
        this.#load(
          data.networkNumber(PAYLOAD.DREG),
          ofPacket(
            [PAYLOAD.BASE, PAYLOAD.OFFSET, PAYLOAD.LENGTH].map((part) => data.networkNumber(part)),
          ),
        );
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

  #load(register: number | undefined, loaded: Loaded | undefined): void {
    if (register === undefined) return;
    this.#loaded.delete(register);
    if (loaded !== undefined) this.#loaded.set(register, loaded);
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
    const compared = isTold ? comparedWith(loaded, value, this.#names) : undefined;
    if (!isTold || compared === undefined) this.#more = true;
    else this.#matches.push({ field: loaded.field, not: operation === OP_NOT_EQUAL, ...compared });
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

  #takeMatch(data: Attributes): void {
    const name = data.text(MATCH.NAME);
    if (name === COMMENT) return;
    const read = readPortMatch(name, data.bytes(MATCH.INFO));
    this.#more ||= read?.more ?? true;
    this.#matches.push(...(read?.matches ?? []));
  }
}
