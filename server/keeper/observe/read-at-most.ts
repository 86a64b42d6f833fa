// Reads the beginning of a file of /proc whose length a learner decides: argv of two megabytes in every
// process, or a hundred thousand mounts, must cost one look no more than this. Knows no format.
import { closeSync, openSync, readSync } from 'node:fs';

/** As long as the longest that is asked for; one look is made at a time. */
const buffer = Buffer.alloc(512 * 1024);

/** Throws as open(2) and read(2) do: the process may be gone. */
export function readAtMost(path: string, bytes: number): { text: string; isCut: boolean } {
  const fd = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const wanted = Math.min(bytes, buffer.length) - length;
      // What fits exactly counts as cut too: only an end tells that there is no more.
      if (wanted === 0) return { text: buffer.toString('utf8', 0, length), isCut: true };
      const got = readSync(fd, buffer, length, wanted, null);
      if (got === 0) return { text: buffer.toString('utf8', 0, length), isCut: false };
      length += got;
    }
  } finally {
    closeSync(fd);
  }
}
