// What a learner asks of recordings, and the answer to it. Knows no connection.
import type { ClientMessage, ServerMessage } from '../../protocol/browser-messages.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import { RecordingRefused, type LabRecordings } from './lab-recordings.ts';

export type RecordingRequest = Extract<ClientMessage, { type: 'record' | 'read-recording' }>;

/** The answer to this page alone; that a recording began or ended is told to all. */
export function answerRecording(
  recordings: LabRecordings,
  request: RecordingRequest,
  size: TerminalSize | undefined,
): ServerMessage | undefined {
  const { terminal } = request;
  if (request.type === 'read-recording') {
    const part = recordings.read(terminal, request.offset);
    if (part !== undefined) {
      return { type: 'recording-part', terminal, offset: request.offset, ...part };
    }
    return noRecording(terminal, `with a byte ${request.offset}`);
  }
  const known = recordings.find(terminal);
  if (known?.ended === null && request.on) return { type: 'recording', recording: known };
  if (!request.on) {
    recordings.stop(terminal);
    return known?.ended === null ? undefined : noRecording(terminal, 'that goes on');
  }
  if (size === undefined) {
    const sentence = `there is no living terminal ${terminal}`;
    return { type: 'error', code: 'no-such-terminal', sentence, terminal };
  }
  try {
    recordings.start(terminal, size);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof RecordingRefused)) throw cause;
    return { type: 'error', code: 'not-recorded', sentence: cause.message, terminal };
  }
}

function noRecording(terminal: number, such: string): ServerMessage {
  const sentence = `terminal ${terminal} has no recording ${such}`;
  return { type: 'error', code: 'no-such-recording', sentence, terminal };
}
