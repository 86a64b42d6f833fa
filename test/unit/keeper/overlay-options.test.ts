// The layers of an overlay, as the kernel's options name them.
import { describe, expect, test } from 'vitest';
import { parseLayers } from '../../../server/keeper/observe/overlay-options.ts';

describe('the options of an overlay', () => {
  test.each([
    [
      'rw,lowerdir=/a:/b,upperdir=/up,workdir=/work,userxattr',
      { lowers: ['/a', '/b'], upper: '/up', work: '/work' },
    ],
    ['ro,lowerdir=/a:/b', { lowers: ['/a', '/b'], upper: null, work: null }],
    [
      String.raw`rw,lowerdir=/with\040blank\054comma\134:colon:/b,upperdir=/u\134\134p,workdir=w`,
      { lowers: ['/with blank,comma:colon', '/b'], upper: String.raw`/u\p`, work: 'w' },
    ],
    [
      'rw,lowerdir=/a::/data1::/data2',
      { lowers: ['/a', '/data1', '/data2'], upper: null, work: null },
    ],
    [
      String.raw`rw,lowerdir+=/a\134:b,lowerdir+=/c,datadir+=/d,upperdir=/u,workdir=/w`,
      { lowers: ['/a:b', '/c', '/d'], upper: '/u', work: '/w' },
    ],
    ['rw', { lowers: [], upper: null, work: null }],
  ])('%s', (options, layers) => {
    expect(parseLayers(options)).toEqual(layers);
  });
});
