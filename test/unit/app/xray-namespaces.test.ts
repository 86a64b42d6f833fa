// What the page says of namespaces that no process is asked about: what keeps them, when they come and go, and
// how they are numbered.
import { describe, expect, test } from 'vitest';
import { compareViews } from '../../../app/lab-client/xray-changes.ts';
import { numberNamespaces } from '../../../app/lab-client/xray-store.ts';
import { xrayEn } from '../../../app/ui/texts/xray-en.ts';
import { xrayFr } from '../../../app/ui/texts/xray-fr.ts';
import { keptNamespaces, sayWhatKeeps } from '../../../app/ui/xray/kept-namespaces.ts';
import { sayChanges } from '../../../app/ui/xray/say-changes.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type { ObservedNamespace } from '../../../server/protocol/snapshot-namespaces.ts';
import { labNamespaces, makeProcess, makeSnapshot } from '../checks/lab-builder.ts';

function makeNamespace(over: Partial<ObservedNamespace> = {}): ObservedNamespace {
  return {
    kind: 'net',
    id: '700',
    owner: labNamespaces.user,
    parent: null,
    keepers: [{ by: 'mount', namespace: labNamespaces.mnt, target: '/run/netns/x' }],
    ...over,
  };
}

const inNet = (pid: number, net: string) =>
  makeProcess(pid, { namespaces: { ...labNamespaces, net } });

function say(
  namespace: ObservedNamespace,
  processes = [makeProcess(40)],
  texts = xrayEn,
): string[] {
  const view = viewOf(makeSnapshot({ namespaces: [namespace], processes }));
  return sayWhatKeeps(namespace, view, texts);
}

describe('namespaces without a process', () => {
  test('a mount and a descriptor keep one, in both languages, and a name of a learner stays text', () => {
    const kept = makeNamespace({
      keepers: [
        { by: 'mount', namespace: '1', target: '/run/netns/\u202ex' },
        { by: 'descriptor', pid: 40, descriptor: 5 },
      ],
    });
    expect(say(kept)).toEqual(['a mount at /run/netns/\u{fffd}x', 'descriptor 5 of process 40']);
    expect(say(kept, [], xrayFr)).toEqual([
      'un montage sur /run/netns/\u{fffd}x',
      'le descripteur 5 du processus 40',
    ]);
  });

  test('one with processes is kept by them too, and is not among those without', () => {
    const processes = [40, 41, 42, 43].map((pid) => inNet(pid, '700'));
    expect(say(makeNamespace(), processes)).toEqual([
      '4 processes: sh (40), sh (41), sh (42), …',
      'a mount at /run/netns/x',
    ]);
    const both = makeSnapshot({
      namespaces: [makeNamespace(), makeNamespace({ id: '701' })],
      processes,
    });
    expect(keptNamespaces(viewOf(both)).map(({ id }) => id)).toEqual(['701']);
  });

  test('without any of these, those below keep it, or the process whose next child it waits for', () => {
    const above = makeNamespace({ kind: 'user', id: '800', keepers: [] });
    const below = makeNamespace({ owner: '800' });
    const view = viewOf(makeSnapshot({ namespaces: [above, below] }));
    expect(sayWhatKeeps(above, view, xrayEn)).toEqual(['those that are below it']);
    expect(sayWhatKeeps(above, viewOf(makeSnapshot({ namespaces: [above] })), xrayEn)).toEqual([]);
    const next = makeNamespace({ kind: 'pid', id: '900', keepers: [] });
    expect(say(next, [makeProcess(40, { childPidNamespace: '900' })])).toEqual([
      'sh (40), for its next child',
    ]);
  });

  test('it is news when it comes and when it goes, but not when its last process leaves it', () => {
    const sayNews = (before: object, after: object): string[] => {
      const [from, to] = [viewOf(makeSnapshot(before)), viewOf(makeSnapshot(after))];
      const instances = numberNamespaces(numberNamespaces(undefined, from), to);
      return sayChanges(compareViews(from, to), { texts: xrayEn, instances });
    };
    const kept = { namespaces: [makeNamespace()] };
    expect(sayNews({}, kept)).toEqual(['new namespace net·1 (network)']);
    expect(sayNews(kept, {})).toEqual(['namespace net·1 is gone']);
    expect(sayNews({ ...kept, processes: [inNet(40, '700')] }, kept)).toEqual([
      'sh (PID 40) has ended',
    ]);
  });
});
