// One snapshot and the lab's history, made ready for expressions: each variable is a getter. Knows no CEL.
import type { ObservedProcess, Snapshot } from '../../protocol/snapshot.ts';
import { spend } from './meter.ts';
import { GroupValue } from './group-values.ts';
import { NetworkValue } from './network-values.ts';
import type { LabHistory } from './history.ts';
import { EndedValue, FileValue, LabValue, MountValue, ProcessValue } from './values.ts';
import type { Surroundings } from './values.ts';

/** Lists are cut here too: the budget is of little use if one list alone takes much of it. */
const LIST_LENGTH = 1024;

export class LabView implements Surroundings {
  readonly lab: LabValue;
  /** The learner's answer, while a quiz is judged. */
  answer = '';
  /** What the lab's terminals last printed, while hints are chosen. */
  printed = '';
  readonly #processes: ProcessValue[];
  readonly #mounts: ReadonlyMap<string, MountValue[]>;
  readonly #files: Map<string, FileValue>;
  readonly #networks: NetworkValue[];
  readonly #isWithoutNetworks: boolean;
  readonly #groups: GroupValue[];
  readonly #moreGroups: number;
  #lacked = 0;
  readonly #ended: EndedValue[];

  constructor(snapshot: Snapshot, history: LabHistory) {
    this.lab = new LabValue(snapshot.lab.namespaces, snapshot.lab.root);
    const valueOf = (process: ObservedProcess, alive: boolean): ProcessValue =>
      new ProcessValue(process, this, { alive, identities: history.identify(process) });
    // What has been done counts, though it is over: passed is what lived between two looks.
    this.#processes = [
      ...snapshot.processes.map((process) => valueOf(process, true)),
      ...snapshot.passed.map((process) => valueOf(process, false)),
    ].slice(0, LIST_LENGTH);
    this.#mounts = new Map(
      Object.entries(snapshot.mounts).map(([id, mounts]) => [
        id,
        mounts.slice(0, LIST_LENGTH).map((mount) => new MountValue(mount)),
      ]),
    );
    this.#files = new Map(
      Object.entries(snapshot.files).map(([path, file]) => [path, new FileValue(file)]),
    );
    this.#isWithoutNetworks = snapshot.networks === null || snapshot.networksMissing;
    this.#networks = Object.entries(snapshot.networks ?? {}).map(
      ([id, network]) => new NetworkValue(id, network),
    );
    this.#groups = snapshot.groups.map((group) => new GroupValue(group));
    this.#moreGroups = snapshot.moreGroups;
    this.#ended = history.ended.map((ended) => new EndedValue(ended, this));
  }

  get processes(): ProcessValue[] {
    return this.#processes;
  }

  /** PID 1 of each PID namespace below the lab's. */
  get containers(): ProcessValue[] {
    spend(this.#processes.length);
    return this.#processes.filter(isContainer);
  }

  get mounts(): MountValue[] {
    return this.mountsIn(this.lab.namespaces.mnt);
  }

  get files(): Map<string, FileValue> {
    return this.#files;
  }

  /** The lab's and those that its root has made. Throws when one may be missing: what the kernel did not answer is
   * not what is not there. */
  get networks(): NetworkValue[] {
    if (this.#isWithoutNetworks) throw new Error('the kernel has not told of all networks');
    return this.#networks;
  }

  networkOf(process: ProcessValue): NetworkValue {
    spend(this.#networks.length);
    const found = this.#networks.find(({ id }) => id === process.namespaces.net);
    if (found === undefined) throw new Error('nothing is known of the network of this process');
    return found;
  }

  /** The lab as a whole, and those that its root has made. Throws where some are not told: one may be what must not. */
  get groups(): GroupValue[] {
    this.#lacked = this.#moreGroups;
    if (this.#moreGroups > 0) throw new Error(`${this.#moreGroups} cgroups are not told`);
    return this.#groups;
  }

  /** How many cgroups were not told of those that were asked for since the last call. */
  takeLackedGroups(): number {
    const lacked = this.#lacked;
    this.#lacked = 0;
    return lacked;
  }

  get ended(): EndedValue[] {
    return this.#ended;
  }

  mountsIn(namespace: string): MountValue[] {
    return this.#mounts.get(namespace) ?? [];
  }
}

export function isContainer(process: ProcessValue): boolean {
  return (
    process.pids.length > 1 &&
    process.pids.at(-1) === 1n &&
    process.state !== 'Z' &&
    process.namespaces.pid !== process.view.lab.namespaces.pid
  );
}
