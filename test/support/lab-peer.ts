// What a terminal of a client needs of the connection it lives on. Knows no WebSocket.
import type { ClientMessage, ServerMessage } from '../../server/protocol/browser-messages.ts';

export type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

export type LabPeer = {
  readonly options: {
    /** Default: as fast as this process can. */
    readonly parseBytesPerSecond?: number;
    /** Default true: keep the text, for waitForOutput. */
    readonly keepText?: boolean;
  };
  send(message: ClientMessage): void;
  sendRaw(data: string | Uint8Array): void;
  next<Type extends ServerMessage['type']>(
    type: Type,
    fits?: (message: MessageOf<Type>) => boolean,
    within?: number,
  ): Promise<MessageOf<Type>>;
};
