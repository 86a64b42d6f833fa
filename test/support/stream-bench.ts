// A terminal's stream of the page with nothing around it: what it sends, what it shows, and what link would say.
import { createTerminalStream } from '../../app/lab-client/terminal-stream.ts';
import type { ClientMessage } from '../../server/protocol/browser-messages.ts';
import type { Frame } from '../../server/protocol/frames.ts';

export const size = { cols: 80, rows: 24 };
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function makeStream() {
  const sent: ClientMessage[] = [];
  const typed: Frame[] = [];
  const shown: string[] = [];
  const unparsed: (() => void)[] = [];
  const stream = createTerminalStream(1, {
    send: (message) => sent.push(message),
    sendFrame: (frame) => typed.push(frame),
  });
  const sink = {
    write(data: Uint8Array, parsed: () => void) {
      shown.push(new TextDecoder().decode(data));
      unparsed.push(parsed);
    },
    reset: () => shown.push('<reset>'),
    markTear: () => shown.push('<torn>'),
    draw: (text: string) => shown.push(`<draw ${text}>`),
  };
  let answered = 0;
  const nextRequest = (): { request?: number } => {
    const next = sent.filter((message) => message.type === 'attach')[answered];
    if (next === undefined) return {};
    answered += 1;
    return { request: next.request };
  };
  /** Answers the oldest `attach` that has no answer; without one link says it by itself. */
  const attached = (from: number, end: number, inputOffset = 0, uncertainFrom?: number) =>
    stream.handleAttached({
      type: 'attached',
      ...nextRequest(),
      terminal: 1,
      from,
      end,
      gap: false,
      inputOffset,
      ...(uncertainFrom === undefined ? {} : { uncertainFrom }),
      size,
    });
  const output = (offset: number, text: string) =>
    stream.handleOutput({ kind: 'output', terminal: 1, offset, data: bytes(text) });
  const parse = (count = unparsed.length) => {
    for (const done of unparsed.splice(0, count)) done();
  };
  const asked = () => sent.filter((message) => message.type === 'attach').map((one) => one.offset);
  const acks = () => sent.filter((message) => message.type === 'ack').map((one) => one.offset);
  return { stream, sink, sent, typed, shown, attached, output, parse, asked, acks };
}
