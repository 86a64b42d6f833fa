// A house for the kernel suites that keeps a list of what each lab is made of, so that after its stop the
// kernel can be asked for every part of it. Looks only at its own, because other houses may run beside it.
import { existsSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeStateDir, openHouse, type Learner, type TestHouse } from '../support/house.ts';
import { belongings, hostSettings } from './host-remains.ts';
import { allProcesses, groupsOf, namespacesOf, readOf, statusOf, until } from './kernel-view.ts';
import { LearnerLab } from './learner-lab.ts';

/** Web lets an address ask for so many labs a second and no more. */
export const COME_AGAIN_MS = 700;

/** Kinds of namespaces that only processes keep alive, so that looking at processes tells. */
const telling = ['user', 'pid', 'mnt', 'net'];

export class KernelHouse {
  readonly stateDir = makeStateDir();
  readonly #settings: Record<string, string>;
  readonly #namespaces = new Set<string>();
  /** Inode by path: another house may have taken a slot since, and its groups have the same names. */
  readonly #groups = new Map<string, number | undefined>();
  /** Images are named by the PID of the keeper that made them; a loop device shows no more of their path. */
  readonly #keepers = new Set<string>();
  /** First of the 65,536 ids of each lab. */
  readonly #bases = new Set<number>();
  readonly #settingsBefore = hostSettings();
  #house: TestHouse | undefined;

  constructor(settings: Record<string, string> = {}) {
    // Warm labs are nobody's: what is counted here would count them too.
    this.#settings = { COULISSE_WARM_LABS: '0', ...settings };
  }

  static async open(settings: Record<string, string> = {}): Promise<KernelHouse> {
    const house = new KernelHouse(settings);
    await house.start();
    return house;
  }

  get house(): TestHouse {
    if (this.#house === undefined) throw new Error('the house is closed');
    return this.#house;
  }

  /** Also after a stop, or after its processes were killed: on the same state. */
  async start(): Promise<void> {
    this.#house = await openHouse({ settings: this.#settings, stateDir: this.stateDir });
  }

  /** A new learner, or the same again, in a lab. */
  async enter(learner?: Learner): Promise<LearnerLab> {
    const who = learner ?? (await this.house.arrive());
    // 4503 asks the page to come again (docs/PROTOCOL.md): link may be on its way back to keeper.
    const client = await until('a lab host that is ready', () =>
      this.house.connect(who).catch(async (error: unknown) => {
        if (!String(error).includes('4503')) throw error;
        await sleep(COME_AGAIN_MS);
        return undefined;
      }),
    );
    const lab = new LearnerLab(this.house, who, client);
    this.note(lab);
    return lab;
  }

  /** Writes down what a lab is made of. */
  note(lab: LearnerLab): void {
    const namespaces = namespacesOf(lab.init);
    for (const kind of telling) this.#namespaces.add(namespaces[kind] ?? '');
    for (const group of groupsOf(lab.init)) this.#groups.set(group, inodeOf(group));
    this.#bases.add(Number(statusOf(lab.init, 'Uid').split(' ')[0]));
    this.#keepers.add(String(this.house.pidOf('keeper')));
  }

  /** What is left of labs in the kernel and on disk: with the house stopped it must be nothing. */
  remains(): string[] {
    return [
      ...this.remainsOfLabs(),
      ...readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .filter((line) => line.includes(this.stateDir))
        .map((line) => `mount ${line}`),
      ...this.#filesOf('keeper/images', (name) => !name.startsWith('template')),
      ...this.#filesOf('run', () => true),
      ...belongings((id) => [...this.#bases].some((base) => id >= base && id < base + 65_536)),
      ...hostSettings().filter((setting) => !this.#settingsBefore.includes(setting)),
    ];
  }

  /** The same for labs alone, while the house may run. */
  remainsOfLabs(): string[] {
    return [
      ...allProcesses().flatMap((pid) => this.#describe(pid)),
      ...[...this.#groups]
        .filter(([group, inode]) => inode !== undefined && inodeOf(group) === inode)
        .map(([group]) => `group ${group}`),
      ...loopFiles()
        .filter((file) => this.#keepers.has(/^\/(\d+)-\d+\.img/.exec(file)?.[1] ?? ''))
        .map((file) => `loop device of ${file}`),
      ...this.#filesOf('keeper/journal', () => true),
    ];
  }

  /** Stops it and removes its state. Rejects when something of its labs is left. */
  async close(): Promise<void> {
    await this.#house?.stop();
    const isClean = () => this.remains().length === 0;
    await until('nothing left', isClean).catch(() => {
      throw new Error(`left behind:\n${this.remains().join('\n')}`);
    });
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  #filesOf(directory: string, counts: (name: string) => boolean): string[] {
    const path = join(this.stateDir, directory);
    const names = existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
    const kept = new Set(['labs', 'ground', 'ground/mnt', 'link', 'checkout']);
    return names
      .filter((name) => counts(name) && !kept.has(name))
      .map((name) => `file ${directory}/${name}`);
  }

  /**
   * A lab of another house may have been given the numbers of namespaces that ended. Its groups tell it apart: no
   * process of a lab leaves those of its slot, and the kernel never uses their inodes again.
   */
  #isAnothers(pid: number): boolean {
    const ours = new Set(this.#groups.values());
    return groupsOf(pid).some((group) => {
      const inode = inodeOf(group);
      return inode !== undefined && !ours.has(inode);
    });
  }

  #describe(pid: number): string[] {
    const links = telling.map((kind) => linkOf(`/proc/${pid}/ns/${kind}`) ?? '');
    const seen = links.filter((link) => this.#namespaces.has(link));
    if (seen.length === 0 || isLeftToOthers(pid) || this.#isAnothers(pid)) return [];
    return seen.map((link) => `process ${pid} (${(readOf(pid, 'comm') ?? '').trim()}) in ${link}`);
  }
}

/**
 * A zombie whose parent was killed too: the machine's PID 1 reaps it, which takes seconds on some machines.
 * A zombie that keeper does not reap counts.
 */
function isLeftToOthers(pid: number): boolean {
  const status = readOf(pid, 'status') ?? '';
  if (!/^State:\s+Z/m.test(status)) return false;
  const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
  return !(readOf(parent, 'cmdline') ?? '').includes('server/');
}

function loopFiles(): string[] {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .flatMap((name) => {
      try {
        return [readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trim()];
      } catch {
        return [];
      }
    });
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
