// The x-ray's messages as a page receives them over its WebSocket, with their length. Knows no lab.
import type { Page } from 'playwright-core';
import { z } from 'zod';

const frameSchema = z.looseObject({ type: z.literal('xray'), whole: z.boolean() });

export type XrayFrame = { whole: boolean; bytes: number };

/** Of the connections that the page opens from now on. */
export function watchXrayFrames(page: Page): XrayFrame[] {
  const frames: XrayFrame[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string' || !payload.includes('"xray"')) return;
      const { success, data } = frameSchema.safeParse(JSON.parse(payload));
      if (success) frames.push({ whole: data.whole, bytes: Buffer.byteLength(payload) });
    });
  });
  return frames;
}
