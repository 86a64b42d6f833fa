// The things that expressions speak of, as classes that CEL can tell apart: whole numbers are bigint,
// and nothing is null but `code` and `signal`. Knows no expression.
import type {
  ObservedFile,
  ObservedMount,
  ObservedProcess,
  Place,
} from '../../protocol/snapshot.ts';
import type { NetworkValue } from './network-values.ts';
import type { EndedProcess } from './history.ts';
import type { Identities } from './namespace-lives.ts';

/** What surrounds a process in its snapshot, for the functions that look around. */
export type Surroundings = {
  readonly lab: LabValue;
  readonly processes: ProcessValue[];
  networkOf(process: ProcessValue): NetworkValue;
  mountsIn(namespace: string): MountValue[];
};

/** Stands for a namespace that cannot be read (a zombie's); `sameNamespace` never holds for it. */
export const UNKNOWN_NAMESPACE = '?';

export class NamespacesValue {
  readonly cgroup: string = UNKNOWN_NAMESPACE;
  readonly ipc: string = UNKNOWN_NAMESPACE;
  readonly mnt: string = UNKNOWN_NAMESPACE;
  readonly net: string = UNKNOWN_NAMESPACE;
  readonly pid: string = UNKNOWN_NAMESPACE;
  readonly time: string = UNKNOWN_NAMESPACE;
  readonly user: string = UNKNOWN_NAMESPACE;
  readonly uts: string = UNKNOWN_NAMESPACE;

  constructor(observed: ObservedProcess['namespaces']) {
    if (observed !== null) Object.assign(this, observed);
  }
}

export class PlaceValue {
  readonly path: string;
  readonly device: string;
  readonly inode: string;

  constructor(observed: Place | null) {
    this.path = observed?.path ?? '';
    this.device = observed?.device ?? '';
    this.inode = observed?.inode ?? '';
  }

  isAt(other: { device: string; inode: string }): boolean {
    return this.inode !== '' && this.inode === other.inode && this.device === other.device;
  }
}

/** Of a zombie, and of one that was over before its map could be read. */
const UNKNOWN_USER = { real: -1, effective: -1 };

export class InsideValue {
  readonly real: bigint;
  readonly effective: bigint;

  constructor({ real, effective }: { real: number; effective: number }) {
    this.real = BigInt(real);
    this.effective = BigInt(effective);
  }
}

export class UserValue {
  readonly real: bigint;
  readonly effective: bigint;

  /** In its own user namespace. */
  readonly inside: InsideValue;

  /** `isInLabs`: its user namespace is the lab's, so that both count alike. */
  constructor(observed: ObservedProcess['user'], isInLabs: boolean) {
    this.real = BigInt(observed.real);
    this.effective = BigInt(observed.effective);
    this.inside = new InsideValue(observed.inside ?? (isInLabs ? observed : UNKNOWN_USER));
  }
}

export class CapabilitiesValue {
  readonly effective: string;
  readonly permitted: string;
  readonly inheritable: string;
  readonly ambient: string;
  readonly bounding: string;

  constructor(observed: ObservedProcess['capabilities']) {
    this.effective = observed.effective;
    this.permitted = observed.permitted;
    this.inheritable = observed.inheritable;
    this.ambient = observed.ambient;
    this.bounding = observed.bounding;
  }
}

export class ProcessValue {
  readonly pid: bigint;
  readonly pids: bigint[];
  readonly parent: bigint;
  readonly user: UserValue;
  readonly state: string;
  readonly name: string;
  readonly command: string[];
  readonly executable: string;
  readonly root: PlaceValue;
  readonly workingDirectory: PlaceValue;
  readonly namespaces: NamespacesValue;
  readonly childPidNamespace: string;
  readonly procNamespace: string;
  readonly group: string;
  readonly terminal: bigint;
  readonly seccomp: bigint;
  readonly noNewPrivileges: boolean;
  readonly capabilities: CapabilitiesValue;
  /** False for one that was over when the look began. */
  readonly alive: boolean;
  /** Where functions look up what is around the process; expressions have no name for these two. */
  readonly view: Surroundings;
  readonly identities: Identities | undefined;

  constructor(
    observed: ObservedProcess,
    view: Surroundings,
    seen: { alive: boolean; identities: Identities | undefined },
  ) {
    this.alive = seen.alive;
    this.identities = seen.identities;
    this.pid = BigInt(observed.pid);
    this.pids = observed.pids.map(BigInt);
    this.parent = BigInt(observed.parent);
    const isInLabs = observed.namespaces?.user === view.lab.namespaces.user;
    this.user = new UserValue(observed.user, isInLabs);
    this.state = observed.state;
    this.name = observed.name;
    this.command = observed.command;
    this.executable = observed.executable ?? '';
    this.root = new PlaceValue(observed.root);
    this.workingDirectory = new PlaceValue(observed.workingDirectory);
    this.namespaces = new NamespacesValue(observed.namespaces);
    this.childPidNamespace = observed.childPidNamespace ?? '';
    this.procNamespace = observed.procNamespace ?? '';
    this.group = observed.group ?? '';
    this.terminal = BigInt(observed.terminal ?? -1);
    this.seccomp = BigInt(observed.seccomp);
    this.noNewPrivileges = observed.noNewPrivileges;
    this.capabilities = new CapabilitiesValue(observed.capabilities);
    this.view = view;
  }
}

export class MountValue {
  readonly target: string;
  readonly root: string;
  readonly type: string;
  readonly source: string;
  readonly options: string[];
  readonly propagation: string;
  /** -1 for none, both. */
  readonly peerGroup: bigint;
  readonly master: bigint;
  /** Of an overlay: lower directories from the topmost down, upper and work. */
  readonly lower: string[];
  readonly upper: string;
  readonly work: string;

  constructor(observed: ObservedMount) {
    this.target = observed.target;
    this.root = observed.root;
    this.type = observed.type;
    this.source = observed.source;
    this.options = observed.options;
    this.propagation = observed.propagation;
    this.peerGroup = BigInt(observed.peerGroup ?? -1);
    this.master = BigInt(observed.master ?? -1);
    this.lower = observed.layers?.lower ?? [];
    this.upper = observed.layers?.upper ?? '';
    this.work = observed.layers?.work ?? '';
  }
}

export class FileValue {
  readonly kind: string;
  readonly device: string;
  readonly inode: string;
  readonly user: bigint;
  readonly mode: bigint;
  readonly size: bigint;

  constructor(observed: ObservedFile) {
    this.kind = observed.kind;
    this.device = observed.device;
    this.inode = observed.inode;
    this.user = BigInt(observed.user);
    this.mode = BigInt(observed.mode);
    this.size = BigInt(observed.size);
  }
}

export class EndedValue {
  readonly process: ProcessValue;
  readonly code: bigint | null;
  readonly signal: bigint | null;
  /** Empty when the kernel did not tell. */
  readonly sender: string;

  constructor(ended: EndedProcess, view: Surroundings) {
    const { identities } = ended;
    this.process = new ProcessValue(ended.process, view, { alive: false, identities });
    this.code = ended.code === null ? null : BigInt(ended.code);
    this.sender = ended.sender ?? '';
    this.signal = ended.signal === null ? null : BigInt(ended.signal);
  }
}

export class LabValue {
  readonly namespaces: NamespacesValue;
  readonly root: PlaceValue;

  constructor(namespaces: NonNullable<ObservedProcess['namespaces']>, root: Place) {
    this.namespaces = new NamespacesValue(namespaces);
    this.root = new PlaceValue(root);
  }
}
