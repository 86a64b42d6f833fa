// The picture of networks: where things stand, what is joined, and what is said of it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareViews } from '../../../app/lab-client/xray-changes.ts';
import { numberNamespaces, type Moment } from '../../../app/lab-client/xray-store.ts';
import { xrayEn } from '../../../app/ui/texts/xray-en.ts';
import { xrayFr } from '../../../app/ui/texts/xray-fr.ts';
import { LINK_ROW, layOutNetworks } from '../../../app/ui/xray/network-layout.ts';
import { sayChanges } from '../../../app/ui/xray/say-changes.ts';
import { hasCounted, sayRule, sayWhereTo } from '../../../app/ui/xray/say-network.ts';
import { viewOf } from '../../../server/link/xray-view.ts';
import type { ObservedNetwork, ObservedRule } from '../../../server/protocol/network.ts';
import { labNamespaces, makeSnapshot } from '../checks/lab-builder.ts';
import { makeLink, makeNetwork } from '../checks/network-builder.ts';

const { net: lab } = labNamespaces;
const bridge = makeLink(3, { name: 'br0', kind: 'bridge' });
const outer = makeLink(2, { bridge: 3, linked: { index: 7, namespace: '900' } });
const inner = makeLink(7, { name: 'eth0', linked: { index: 2, namespace: lab } });

function momentOf(networks: Record<string, ObservedNetwork>): Moment {
  const view = viewOf(makeSnapshot({ networks }), networks);
  const instances = numberNamespaces(undefined, view);
  return { view, instances, whole: false, changes: [], toldAt: 0, command: 0 };
}

const joined = momentOf({
  [lab]: makeNetwork([makeLink(1), outer, bridge]),
  900: makeNetwork([makeLink(1), inner], { paths: ['/run/netns/red'] }),
});

const anyNetworks = fc
  .array(
    fc.uniqueArray(
      fc.record({
        index: fc.integer({ min: 1, max: 9 }),
        bridge: fc.option(fc.integer({ min: 1, max: 9 })),
        linked: fc.option(
          fc.record({
            index: fc.integer({ min: 1, max: 9 }),
            namespace: fc.constantFrom(null, lab, '900', '901', '902'),
          }),
        ),
      }),
      { selector: ({ index }) => index, maxLength: 6 },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((lists) => {
    const ids = [lab, '900', '901', '902'];
    const networks: [string, ObservedNetwork][] = lists.map((list, place) => [
      ids[place] ?? '',
      makeNetwork(
        list.map(({ index, ...rest }) =>
          makeLink(index, { ...rest, bridge: rest.bridge === index ? null : rest.bridge }),
        ),
      ),
    ]);
    return momentOf(Object.fromEntries(networks));
  });

describe('the picture of networks', () => {
  test('a port stands below its bridge, and a veth pair is one line from the lab to the other', () => {
    const picture = layOutNetworks(joined.view, joined.instances.net);
    const [own, other] = picture.regions;
    expect(own?.links.map(({ link, depth }) => [link.name, depth])).toEqual([
      ['lo', 0],
      ['br0', 0],
      ['dev2', 1],
    ]);
    expect(other?.links.map(({ link }) => link.name)).toEqual(['lo', 'eth0']);
    expect(picture.lines).toMatchObject([
      { network: '900', from: (own?.links[2]?.y ?? 0) + LINK_ROW / 2 },
    ]);
  });

  test('a pair within one network is a line that goes out of it and back, on the side that faces the other', () => {
    const pair = (network: string) => [
      makeLink(4, { name: 'left', linked: { index: 5, namespace: network } }),
      makeLink(5, { name: 'right', linked: { index: 4, namespace: network } }),
    ];
    const { view, instances } = momentOf({
      [lab]: makeNetwork([makeLink(1), ...pair(lab), outer, bridge]),
      900: makeNetwork([makeLink(1), ...pair('900'), inner]),
    });
    const { regions, lines } = layOutNetworks(view, instances.net);
    const middleOf = (region: number, name: string): number | undefined => {
      const placed = regions[region]?.links.find(({ link }) => link.name === name);
      return placed && (regions[region]?.y ?? 0) + placed.y + LINK_ROW / 2;
    };
    expect(lines.map(({ network, round }) => [network, round?.isLab])).toEqual([
      ['900', undefined],
      [lab, true],
      ['900', false],
    ]);
    for (const [line, region] of [
      [lines[1], 0],
      [lines[2], 1],
    ] as const) {
      expect([line?.from, line?.to]).toEqual([middleOf(region, 'left'), middleOf(region, 'right')]);
    }
    expect(
      sayWhereTo(pair('900')[0] ?? inner, {
        id: '900',
        moment: { ...joined, view },
        texts: xrayEn.network,
      }),
    ).toBe('right');
  });

  test('whatever there is, no two regions of a side overlap, and rows stay within theirs', () => {
    fc.assert(
      fc.property(anyNetworks, ({ view, instances }) => {
        const { regions, lines } = layOutNetworks(view, instances.net);
        let free = -1;
        for (const { y, height } of regions.filter(({ isLab }) => !isLab)) {
          expect(y).toBeGreaterThan(free);
          free = y + height;
        }
        for (const { links, height } of regions) {
          expect(new Set(links.map(({ y }) => y)).size).toBe(links.length);
          for (const { y } of links) expect(y + LINK_ROW).toBeLessThanOrEqual(height);
        }
        expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
      }),
    );
  });

  test('what a device leads to is said by name', () => {
    const say = (id: string, link: typeof outer): string =>
      sayWhereTo(link, { id, moment: joined, texts: xrayEn.network });
    expect(say(lab, outer)).toBe('port of br0, eth0 in net·1');
    expect(say('900', inner)).toBe('dev2 in the lab’s network');
    expect(say(lab, makeLink(9, { linked: { index: 4, namespace: null } }))).toBe(
      'an end that is not to be seen',
    );
  });

  test('a new device is told, those of a network that is seen for the first time are not', () => {
    const before = momentOf({ [lab]: makeNetwork([makeLink(1)]) });
    const say = (from: Moment, to: Moment): string[] => {
      const instances = numberNamespaces(from.instances, to.view);
      return sayChanges(compareViews(from.view, to.view), { texts: xrayEn, instances });
    };
    expect(say(before, joined)).toEqual([
      'new namespace net·1 (network)',
      'new device dev2 (veth, the lab’s network)',
      'new device br0 (bridge, the lab’s network)',
    ]);
    expect(say(joined, before)).toEqual([
      'device dev2 is gone (the lab’s network)',
      'device br0 is gone (the lab’s network)',
      'namespace net·1 is gone',
    ]);
    expect(say(momentOf({}), joined)).toEqual([]);
  });

  test('a rule is said in words, and what it counted since is known', () => {
    const rule: ObservedRule = {
      family: 'ip',
      table: 'nat',
      chain: 'POSTROUTING',
      hook: 'postrouting',
      type: 'nat',
      handle: 5,
      matches: [
        { field: 'source', not: false, value: '10.0.0.0/24' },
        { field: 'out', not: true, value: 'br0' },
      ],
      more: false,
      action: 'masquerade',
      to: null,
      counted: { packets: 3, bytes: 252 },
    };
    expect(sayRule(rule, xrayEn.network)).toEqual({
      matches: 'from 10.0.0.0/24, not out by br0',
      action: 'masquerade',
    });
    expect(sayRule({ ...rule, more: true }, xrayEn.network).matches).toBe(
      'from 10.0.0.0/24, not out by br0, by other criteria (`nft list ruleset`)',
    );
    const untold = sayRule({ ...rule, matches: [], more: true }, xrayEn.network);
    expect(untold.matches).toBe('by other criteria (`nft list ruleset`)');
    expect(sayRule({ ...rule, matches: [] }, xrayEn.network).matches).toBe('all');
    const numbered = [
      { field: 'in' as const, not: false, value: 'br0', index: 3 },
      { field: 'out' as const, not: true, value: '', index: 9 },
    ];
    expect(sayRule({ ...rule, matches: numbered }, xrayEn.network).matches).toBe(
      'in by br0 (number 3), not out by device number 9 (none here)',
    );
    expect(sayRule({ ...rule, matches: numbered }, xrayFr.network).matches).toBe(
      'entrant par br0 (n°\u00a03), pas sortant par l’interface n°\u00a09 (absente)',
    );
    expect(hasCounted(rule.counted, { packets: 2 })).toBe(true);
    expect(hasCounted(rule.counted, rule.counted)).toBe(false);
    expect(hasCounted(rule.counted, undefined)).toBe(false);
  });
});
