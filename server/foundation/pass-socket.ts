// Passes a connected TCP socket to another process over an IPC channel of child_process: web to main, main
// to link. Knows no message.
import type { Serializable } from 'node:child_process';
import type { Socket } from 'node:net';

/** A ChildProcess, or what a child makes of its own `process.send`. */
export type SocketChannel = {
  readonly connected: boolean;
  send(
    message: Serializable,
    socket: Socket,
    options: { keepOpen: boolean },
    done: (error: Error | null) => void,
  ): boolean;
};

/**
 * Sends `message` with `socket`; this process's copy is closed once it has gone (the connection lives on in
 * the receiver). Nothing may have been written to the socket, and the peer must not have been answered: a
 * browser that waits for the answer to its upgrade sends nothing, so no byte can be lost on the way. When
 * the channel or the peer is gone the socket is closed. The receiver may find no socket beside the message
 * (the peer left while it was queued) and ignores it then.
 */
export function passSocket(channel: SocketChannel, message: Serializable, socket: Socket): void {
  // A reset while the socket waits in the channel's queue must not end this process.
  socket.on('error', () => undefined);
  if (socket.destroyed || !channel.connected) {
    socket.destroy();
    return;
  }
  socket.setTimeout(0);
  socket.pause();
  // keepOpen and an own destroy, because Node's way without keepOpen emits no 'close' here: the relay's
  // count of connections would never fall, and close() of the server that accepted them would never end.
  channel.send(message, socket, { keepOpen: true }, () => socket.destroy());
}
