// Observes the network namespaces of a lab: finds them, has the kernel asked in each, and joins the two ends of what
// leads from one into another. Knows no process's own.
import { askNetworks, NETWORKS } from '../../kernel/ask-networks.ts';
import { closeDescriptor, openDirectoryPath } from '../../kernel/libc.ts';
import { Attributes, type NetlinkMessage } from '../../kernel/netlink.ts';
import type { NetworkSight } from '../../kernel/network-memory.ts';
import type { NetworkAnswers } from '../../kernel/network-questions.ts';
import { networkLimits, type ObservedLink, type ObservedNetwork } from '../../protocol/network.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { findNetworks, type FoundNetwork } from './find-networks.ts';
import { Allowance } from './allowance.ts';
import type { Sight } from './read-lab.ts';
import { readAddresses, readLinks, readRoutes, type ReadLink } from './read-links.ts';
import { startTimeOf } from './read-process.ts';
import { readRules } from './read-rules.ts';

const RTM_NEWNSID = 88;
const RTGEN_BYTES = 4;
const NETNSA_NSID = 1;

/** Bytes of a snapshot that networks may take, and what one entry takes in JSON besides its texts. */
const NETWORK_BYTES = 192 * 1024;
const BYTES_PER_LINK = 320;
const BYTES_PER_ROUTE = 80;
const BYTES_PER_RULE = 260;

export type ReadNetworks = {
  networks: Record<string, ObservedNetwork>;
  /** One that was found gave no answer. */
  missing: boolean;
  truncated: boolean;
};

export class NetworkReader {
  /** Labs in whose networks somebody still asks, though the time is up. */
  readonly #asking = new Set<string>();

  /** Undefined when the kernel did not answer in time, or an earlier question is still on its way. */
  async read(
    name: string,
    own: { initPid: number; lab: Snapshot['lab'] },
    sight: Sight,
  ): Promise<ReadNetworks | undefined> {
    if (this.#asking.has(name)) return undefined;
    const { net, mnt } = own.lab.namespaces;
    const found = findNetworks({ initPid: own.initPid, net, mnt }, sight.found, sight.mounts);
    const asked = found.slice(0, NETWORKS);
    const answers = await this.#ask(name, asked);
    if (answers === undefined) return undefined;
    const allowance = new Allowance(NETWORK_BYTES);
    const read = asked.flatMap((network) => {
      const answer = answers.get(network.id);
      // Whoever has the number of its owner by now may be of another lab.
      if (answer === undefined || hasGone(network)) return [];
      return [fit(readNetwork(network, answer, asked), allowance)];
    });
    return {
      networks: Object.fromEntries(read.map(({ id, network }) => [id, network])),
      missing: read.length < asked.length,
      truncated: found.length > asked.length || read.some(({ isCut }) => isCut),
    };
  }

  async #ask(name: string, networks: readonly FoundNetwork[]): Promise<NetworkSight | undefined> {
    const roots = new Map<number, number>();
    try {
      const list = networks.map(({ file }) =>
        'rootOf' in file ? { path: file.path, beneath: rootOf(file.rootOf, roots) } : file,
      );
      const { answers, ended } = askNetworks(list);
      this.#asking.add(name);
      void ended.then(() => this.#asking.delete(name));
      return await answers;
    } catch {
      // A process that has gone took its root with it.
      return undefined;
    } finally {
      for (const descriptor of roots.values()) closeDescriptor(descriptor);
    }
  }
}

function rootOf(hostPid: number, roots: Map<number, number>): number {
  const known = roots.get(hostPid);
  if (known !== undefined) return known;
  const root = openDirectoryPath(`/proc/${hostPid}/root`);
  roots.set(hostPid, root);
  return root;
}

function hasGone({ owner }: FoundNetwork): boolean {
  return owner !== undefined && startTimeOf(owner.hostPid) !== owner.startTime;
}

type Read = { id: string; network: ObservedNetwork; isCut: boolean };

/** Of names, rules and paths a learner may make many, and long ones. */
function fit({ id, network, isCut }: Read, allowance: Allowance): Read {
  const paths = allowance.takeFirst(network.paths, 4, (path) => [path]);
  const links = allowance.takeFirst(network.links, BYTES_PER_LINK, ({ name, addresses }) => [
    name,
    ...addresses.map(({ address }) => `${address}${'.'.repeat(8)}`),
  ]);
  const routes = allowance.takeFirst(network.routes, BYTES_PER_ROUTE, () => []);
  const rules = allowance.takeFirst(network.rules, BYTES_PER_RULE, (rule) => [
    rule.table,
    rule.chain,
    rule.to ?? '',
    ...rule.matches.map(({ value }) => value + '.'.repeat(10)),
  ]);
  const fits =
    paths.length === network.paths.length &&
    links.length === network.links.length &&
    routes.length === network.routes.length &&
    rules.length === network.rules.length;
  return { id, network: { ...network, paths, links, routes, rules }, isCut: isCut || !fits };
}

function readNetwork(
  found: FoundNetwork,
  answer: NetworkAnswers,
  asked: readonly FoundNetwork[],
): Read {
  const others = namesOfOthers(answer.identifiers, asked);
  const addresses = readAddresses(answer.addresses);
  const links = readLinks(answer.links);
  const routes = readRoutes(answer.routes);
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const rules = readRules(answer.chains, answer.rules, names);
  const { id, paths, hasProcess, hasDescriptor } = found;
  return {
    id,
    network: {
      paths,
      hasProcess,
      hasDescriptor,
      links: links.slice(0, networkLimits.links).map((link) =>
        Object.assign({}, link, {
          linked: joinOf(link, id, others),
          addresses: (addresses.get(link.index) ?? []).slice(0, networkLimits.addresses),
        }),
      ),
      routes: routes.slice(0, networkLimits.routes),
      rules: rules.slice(0, networkLimits.rules),
      legacyTables: readLegacyTables(answer.legacyTables),
    },
    isCut:
      answer.isCut ||
      links.length > networkLimits.links ||
      routes.length > networkLimits.routes ||
      rules.length > networkLimits.rules,
  };
}

function readLegacyTables([
  four,
  six,
]: NetworkAnswers['legacyTables']): ObservedNetwork['legacyTables'] {
  const namesIn = (text: string): string[] => text.split('\n').filter(Boolean).toSorted();
  return namesIn(four)
    .map((table): ObservedNetwork['legacyTables'][number] => ({ family: 'ip', table }))
    .concat(namesIn(six).map((table) => ({ family: 'ip6', table })));
}

/** Ids of the namespaces by the numbers that this one has for them (RTM_GETNSID). */
function namesOfOthers(
  messages: readonly NetlinkMessage[],
  asked: readonly FoundNetwork[],
): Map<number, string> {
  const names = new Map<number, string>();
  for (const { type, sequence, body } of messages) {
    if (type !== RTM_NEWNSID) continue;
    const identifier = new Attributes(body, RTGEN_BYTES).number(NETNSA_NSID);
    const other = asked[sequence];
    if (identifier !== undefined && other !== undefined) names.set(identifier, other.id);
  }
  return names;
}

function joinOf(
  { index, linked }: ReadLink,
  own: string,
  names: ReadonlyMap<number, string>,
): ObservedLink['linked'] {
  if (linked === null) return null;
  if (linked.identifier === null) {
    return linked.index === index ? null : { index: linked.index, namespace: own };
  }
  return { index: linked.index, namespace: names.get(linked.identifier) ?? null };
}
