// What keeper observes in the networks of a lab, for tests that hold it against the lab's own tools. Knows no clause.
import type { ObservedLink, ObservedNetwork } from '../../server/protocol/network.ts';
import { observe } from './keeper-door.ts';
import { until } from './kernel-view.ts';
import type { LearnerLab } from './learner-lab.ts';

/** By id; `own` is the lab's. */
export type NetworksSeen = { own: string; networks: Record<string, ObservedNetwork> };

/** On a machine that is slow or busy the kernel may not answer in time. */
export function lookAtNetworks({ house, name }: LearnerLab): Promise<NetworksSeen> {
  return until('an answer of the kernel', async () => {
    const { lab, networks } = await observe(house.stateDir, name, { networks: true });
    return networks !== null && { own: lab.namespaces.net, networks };
  });
}

export function linkOf(network: ObservedNetwork | undefined, name: string): ObservedLink {
  const found = network?.links.find((link) => link.name === name);
  if (found === undefined) throw new Error(`no link ${name}`);
  return found;
}
