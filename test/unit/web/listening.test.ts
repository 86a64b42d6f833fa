// What a person is told when the port can't be had.
import { expect, it } from 'vitest';
import { explainListenError } from '../../../server/web/listening.ts';

const explain = (code: string) =>
  explainListenError(Object.assign(new Error(`listen ${code}`), { code }), {
    host: '127.0.0.1',
    port: 80,
  });

it.each([
  ['EADDRINUSE', 'port-in-use', 'PORT=81'],
  ['EACCES', 'port-forbidden', 'from 1024 on'],
  ['EADDRNOTAVAIL', 'no-such-host', 'HOST=127.0.0.1'],
  ['ENOTFOUND', 'no-such-host', 'HOST=127.0.0.1'],
  ['EMFILE', 'cannot-listen', 'listen EMFILE'],
])('%s is explained with what to do', (...[code, ours, words]) => {
  expect(explain(code).code).toBe(ours);
  expect(explain(code).message).toContain(words);
});
