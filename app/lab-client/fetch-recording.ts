// Asks link for a recording, part by part: each is asked for when the one before is here, so that terminals
// are never held up by it. Knows no player.
import type { ServerMessage } from '../../server/protocol/browser-messages.ts';
import { onServerMessage, send } from './session.ts';

/** A part is sent at once; after so long the connection is gone. */
const PART_WITHIN_MS = 15_000;

type Answer = Extract<ServerMessage, { type: 'recording-part' }>;

/** Undefined when there is no such recording, or the connection ended meanwhile. */
function askPart(terminal: number, offset: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const finish = (answer: Answer | undefined): void => {
      clearTimeout(patience);
      unlisten();
      resolve(answer);
    };
    const unlisten = onServerMessage((message) => {
      const isOurs = 'terminal' in message && message.terminal === terminal;
      if (!isOurs) return;
      if (message.type === 'recording-part' && message.offset === offset) finish(message);
      if (message.type === 'error' && message.code === 'no-such-recording') finish(undefined);
    });
    const patience = setTimeout(() => finish(undefined), PART_WITHIN_MS);
    send({ type: 'read-recording', terminal, offset });
  });
}

/** The asciicast as text, as long as it was when the last part came. */
export async function fetchRecording(terminal: number): Promise<string | undefined> {
  const parts: string[] = [];
  for (let offset = 0, end = Infinity; offset < end;) {
    const part = await askPart(terminal, offset);
    if (part === undefined) return undefined;
    parts.push(part.text);
    [offset, end] = [part.next, part.end];
  }
  return parts.join('');
}
