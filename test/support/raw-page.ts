// A connection to link below any WebSocket library: bytes after the upgrade as a hostile page would send them, and
// the frames that come back. Knows no message.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** RFC 6455, section 5.2. */
export type RawFrame = {
  opcode: number;
  payload?: Uint8Array;
  /** Default true. */
  isFinal?: boolean;
  /** Default true, as a page must. */
  isMasked?: boolean;
  /** The three reserved bits; default 0. */
  reserved?: number;
  /** Default: that of the payload. Below 126 and above 65,535 it is written as the format wants. */
  declaredLength?: number;
};

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

const LENGTH_IN_TWO = 126;
const LENGTH_IN_EIGHT = 127;

export function encodeRawFrame(frame: RawFrame): Buffer {
  const { opcode, payload = new Uint8Array(), isFinal = true, isMasked = true } = frame;
  const { reserved = 0, declaredLength = payload.length } = frame;
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = isMasked ? randomBytes(4) : Buffer.alloc(0);
  const masked = payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([encodeHead(first, isMasked ? 0x80 : 0, declaredLength), mask, masked]);
}

function encodeHead(first: number, maskBit: number, length: number): Buffer {
  if (length < LENGTH_IN_TWO) return Buffer.of(first, maskBit | length);
  if (length <= 0xffff) {
    const head = Buffer.of(first, maskBit | LENGTH_IN_TWO, 0, 0);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.of(first, maskBit | LENGTH_IN_EIGHT, 0, 0, 0, 0, 0, 0, 0, 0);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

export class RawPage {
  readonly #socket: Socket;
  /** Resolves at the end of the connection with the code of the close frame that came before, if one did. */
  readonly ended: Promise<number | undefined>;
  /** Frames that came, by opcode. */
  readonly came = new Map<number, number>();
  /** Called for each of them, which are valid during the call. */
  onFrame: ((opcode: number, payload: Buffer) => void) | undefined;
  #rest = Buffer.alloc(0);
  #isUpgraded = false;
  #code: number | undefined;

  private constructor(socket: Socket, upgraded: () => void) {
    this.#socket = socket;
    // A cut is an end like others.
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      if (!this.#isUpgraded) this.#readUpgrade(upgraded);
      if (this.#isUpgraded) this.#readFrames();
    });
    this.ended = new Promise((resolve) => socket.on('close', () => resolve(this.#code)));
  }

  /** Resolves when link has agreed to the upgrade. Rejects when it has not. */
  static async connect(port: number): Promise<RawPage> {
    const socket = connect(port, '127.0.0.1');
    const head = [
      'GET /link HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `Origin: http://127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    return new Promise((resolve, reject) => {
      const page: RawPage = new RawPage(socket, () => resolve(page));
      void page.ended.then(() => reject(new Error('link did not agree to the upgrade')));
    });
  }

  send(...frames: readonly RawFrame[]): void {
    this.sendBytes(Buffer.concat(frames.map(encodeRawFrame)));
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  goOnReading(): void {
    this.#socket.resume();
  }

  /** Says no more, without a close frame. */
  finish(): void {
    this.#socket.end();
  }

  #handleClose(payload: Buffer): void {
    if (payload.length >= 2) this.#code = payload.readUInt16BE(0);
    this.#socket.end();
  }

  #readUpgrade(upgraded: () => void): void {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0 || !this.#rest.toString('latin1', 0, end).startsWith('HTTP/1.1 101 ')) return;
    this.#rest = this.#rest.subarray(end + 4);
    this.#isUpgraded = true;
    upgraded();
  }

  /** What link sends is well-formed and not masked; text may be as long as a screen. */
  #readFrames(): void {
    while (this.#rest.length >= 2) {
      const short = this.#rest.readUInt8(1);
      const headLength = short < LENGTH_IN_TWO ? 2 : short === LENGTH_IN_TWO ? 4 : 10;
      if (this.#rest.length < headLength) return;
      const length =
        headLength === 2
          ? short
          : headLength === 4
            ? this.#rest.readUInt16BE(2)
            : Number(this.#rest.readBigUInt64BE(2));
      if (this.#rest.length < headLength + length) return;
      const opcode = this.#rest.readUInt8(0) & 0x0f;
      const payload = this.#rest.subarray(headLength, headLength + length);
      this.came.set(opcode, (this.came.get(opcode) ?? 0) + 1);
      if (opcode === opcodes.close) this.#handleClose(payload);
      this.onFrame?.(opcode, payload);
      this.#rest = this.#rest.subarray(headLength + length);
    }
  }
}
