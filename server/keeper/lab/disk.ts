// The disk of a lab: an ext4 image of exact size on a sparse file, copied from a template that holds an
// empty overlay upper, home, /tmp and /var/lib. Some copies are kept ready. Knows no namespace. [L5]
import { execFile } from 'node:child_process';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { detachMount } from '../../kernel/mounts.ts';
import { mountImage } from '../spawner/image.ts';
import type { Log } from '../../foundation/log.ts';
import { messageOf } from '../../foundation/errors.ts';

const run = promisify(execFile);

/** One inode for every 16 KiB, as mkfs.ext4 does for small disks: enough for a few unpacked systems. */
const BYTES_PER_INODE = 16_384;

/** Milliseconds after an image is taken until the shelf is filled again: a copy starts a program, and the lab
 * that the image is for is being made just then, on the same cores. */
const REFILL_AFTER_MS = 250;

export type DiskOptions = {
  /** Directory of images and of the template; on the file system whose space is promised. */
  directory: string;
  /** Root directory of the labs' Debian, from which home and /var/lib start. */
  tree: string;
  bytes: number;
  ready: number;
  /** Copies a file without filling its holes. */
  copy: (from: string, to: string) => Promise<void>;
  log: Log;
};

export class DiskStore {
  readonly #options: DiskOptions;
  readonly #ready: string[] = [];
  #refill: Promise<void> = Promise.resolve();
  #next = 0;
  #takenAt = 0;
  readonly #closing = new AbortController();

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** Makes the template if it is missing and begins to fill the shelf. Images of an earlier run that `keep` does not name go. */
  async prepare(keep: ReadonlySet<string>): Promise<void> {
    const { directory } = this.#options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory)) {
      if (!keep.has(name) && name !== this.#templateName)
        rmSync(join(directory, name), { recursive: true });
    }
    if (!existsSync(this.#template)) await this.#makeTemplate();
    this.#startRefill();
  }

  /** Name of a fresh image, from the shelf if one is ready. */
  async take(): Promise<string> {
    const name = this.#ready.pop() ?? (await this.#copyTemplate());
    this.#takenAt = performance.now();
    this.#startRefill();
    return name;
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  /** Bytes that the image takes on the lab host now. */
  async usedBytes(name: string): Promise<number> {
    return (await stat(this.pathOf(name))).blocks * 512;
  }

  get directory(): string {
    return this.#options.directory;
  }

  pathOf(name: string): string {
    return join(this.#options.directory, name);
  }

  /** Waits for the shelf and takes the ready images off it. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#refill;
    await Promise.all(this.#ready.splice(0).map((name) => this.remove(name)));
  }

  get #templateName(): string {
    const { bytes, tree } = this.#options;
    return `template-${bytes}-${basename(dirname(tree))}.img`;
  }

  get #template(): string {
    return join(this.#options.directory, this.#templateName);
  }

  #startRefill(): void {
    this.#refill = this.#refill
      .then(async () => {
        const { signal } = this.#closing;
        while (!signal.aborted && this.#ready.length < this.#options.ready) {
          const wait = this.#takenAt + REFILL_AFTER_MS - performance.now();
          if (wait <= 0 || this.#ready.length === 0) this.#ready.push(await this.#copyTemplate());
          else await sleep(wait, undefined, { signal }).catch(() => undefined);
        }
      })
      .catch((error: unknown) => {
        this.#options.log.error({ error: messageOf(error) }, 'cannot keep disk images ready');
      });
  }

  async #copyTemplate(): Promise<string> {
    this.#next += 1;
    const name = `${process.pid}-${this.#next}.img`;
    await this.#options.copy(this.#template, this.pathOf(name));
    return name;
  }

  async #makeTemplate(): Promise<void> {
    const { directory, bytes, tree } = this.#options;
    const draft = join(directory, 'template.draft');
    const place = join(directory, 'template.mount');
    await rm(draft, { force: true });
    await run('truncate', ['--size', String(bytes), draft]);
    const features = '^has_journal,^resize_inode';
    await run('mkfs.ext4', [
      '-q',
      '-O',
      features,
      '-m',
      '0',
      '-i',
      String(BYTES_PER_INODE),
      '-E',
      'lazy_itable_init=1,root_owner=0:0',
      draft,
    ]);
    await mkdir(place, { recursive: true });
    mountImage(draft, place);
    try {
      for (const [name, mode] of [
        ['upper', 0o755],
        ['work', 0o755],
        ['tmp', 0o1777],
      ] as const) {
        await mkdir(join(place, name));
        await run('chmod', [mode.toString(8), join(place, name)]);
      }
      await run('cp', ['--archive', join(tree, 'home'), join(place, 'home')]);
      await run('cp', ['--archive', join(tree, 'var/lib'), join(place, 'var-lib')]);
      await cp(join(tree, 'root'), join(place, 'root'), {
        recursive: true,
        preserveTimestamps: true,
      });
      await rm(join(place, 'lost+found'), { recursive: true });
    } finally {
      detachMount(place);
    }
    await rm(place, { recursive: true });
    await rename(draft, this.#template);
  }
}
