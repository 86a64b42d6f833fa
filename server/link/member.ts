// What a lab needs of a page that is connected to it. Implemented by LabSession; knows no WebSocket.
import type { ServerMessage } from '../protocol/browser-messages.ts';
import type { CloseReason } from '../protocol/close-codes.ts';
import type { Reader } from './observer.ts';
import type { Terminal } from './terminal.ts';

export type Member = Reader & {
  send(message: ServerMessage): void;
  /** Input of these clients to `terminal` has been written. */
  handleWritten(terminal: Terminal, clients: ReadonlySet<string>): void;
  handleExit(terminal: Terminal): void;
  /** `terminal` has ended, and can be attached to no longer from now on. */
  handleForgotten(terminal: Terminal): void;
  /** Ends the connection. */
  end(reason: CloseReason): void;
};
