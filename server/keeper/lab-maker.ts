// Makes a lab and its journal entry, or neither. Knows no admission and no table.
import type { ProcessIdentity } from '../kernel/processes.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { LabGroup } from './cgroups/lab-group.ts';
import { Lab, type LabHost } from './lab/lab.ts';

/** A lab and what the journal says of it. */
export type Made = { lab: Lab; entry: Omit<JournalEntry, 'version'> };

/** Whose lab it is. */
export type Owner = { lab: string; learner: string; address: string };

export class LabMaker {
  readonly #host: LabHost;
  readonly #journal: Journal;

  constructor(host: LabHost, journal: Journal) {
    this.#host = host;
    this.#journal = journal;
  }

  /** Writes down what it makes before it makes it; what cannot be made is taken apart again. */
  async make(
    owner: Owner,
    { isWarm, isUnpacking = false }: { isWarm: boolean; isUnpacking?: boolean },
  ): Promise<Made> {
    const { disks, slots, hierarchies } = this.#host;
    const image = await disks.take();
    const slot = slots.take((number) => new LabGroup(hierarchies, number).reserve());
    const lab = new Lab(this.#host, { name: owner.lab, slot, image, place: owner.lab });
    const entry = {
      ...owner,
      createdAt: Date.now(),
      slot: slot.number,
      group: new LabGroup(hierarchies, slot.number).identity,
      image,
      place: owner.lab,
      isWarm,
      isUnpacking,
      init: null,
      supervisor: null,
      terminals: {},
    };
    this.#journal.write(entry);
    try {
      await lab.create();
      const made = { lab, entry: { ...entry, init: lab.init } };
      this.#journal.write(made.entry);
      return made;
    } catch (error) {
      await lab.destroy();
      this.#journal.remove(owner.lab);
      throw error;
    }
  }

  /** Gives a warm lab to its learner. A crash in between leaves both entries, and recovery takes the new one. */
  give({ lab, entry }: Made, owner: Owner, isUnpacking: boolean): Made {
    const given = { ...entry, ...owner, isWarm: false, isUnpacking, createdAt: Date.now() };
    this.#journal.write(given);
    this.#journal.remove(lab.name);
    lab.name = owner.lab;
    return { lab, entry: given };
  }

  /** Takes it apart. Throws when that is not possible now; the entry stays. */
  async unmake({ lab }: Made): Promise<void> {
    await lab.destroy();
    this.#journal.remove(lab.name);
  }

  /** The lab that an earlier keeper's entry tells of, `init` being its PID 1 if it ever ran. */
  find(entry: JournalEntry): Lab {
    const { identity } = new LabGroup(this.#host.hierarchies, entry.slot);
    const lab = new Lab(this.#host, {
      name: entry.lab,
      slot: this.#host.slots.claim(entry.slot),
      image: entry.image,
      place: entry.place ?? entry.lab,
      // Once it had given the slot back, another house of this machine may have taken it.
      hasGroup: entry.group === undefined || entry.group === identity,
    });
    const init: ProcessIdentity | null = entry.init;
    if (init !== null) lab.adopt(init);
    return lab;
  }
}
