// Stands for Next: answers every path with its method and path.
import type { Pages } from '../../../server/web/pages.ts';

export const echoPages: Pages = {
  handle: async (incoming, response) => {
    response.end(`page ${incoming.method} ${incoming.url}`);
  },
  close: async () => undefined,
};
