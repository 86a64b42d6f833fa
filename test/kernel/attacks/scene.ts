// What an attack is and where it is made: a hostile lab, a neighbour beside it, one house for a file of
// attacks. Says of each attack who makes it, what the lab sees and what stays as it was. Knows no attack.
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { KernelHouse } from '../kernel-house.ts';
import { everybody, type By, type LearnerLab } from '../learner-lab.ts';

export type Attack = {
  /** Its number in docs/ATTACKS.md. */
  clause: `A${number}`;
  title: string;
  /** Default: lab root and student, one after the other. */
  by?: readonly By[];
  /** A bash script, or one made when the scene is there. */
  script: string | ((scene: Scene, by: By) => string);
  /** What the attacker sees. */
  shows: RegExp | Record<By, RegExp>;
  /** Of the lab host or the neighbour: read before and after, and equal. */
  untouched?: (scene: Scene) => unknown;
  /** What this machine lacks, so that the attack proves nothing here. */
  lacks?: (scene: Scene) => string | undefined;
};

export class Scene {
  #house: KernelHouse | undefined;
  #lab: LearnerLab | undefined;
  #neighbour: LearnerLab | undefined;

  get house(): KernelHouse {
    return there(this.#house);
  }

  get lab(): LearnerLab {
    return there(this.#lab);
  }

  get neighbour(): LearnerLab {
    return there(this.#neighbour);
  }

  async open(settings: Record<string, string>): Promise<void> {
    this.#house = await KernelHouse.open(settings);
    [this.#lab, this.#neighbour] = await Promise.all([this.#house.enter(), this.#house.enter()]);
  }

  run(by: By, script: string): Promise<{ output: string; code: number }> {
    return this.lab.runAs(by, script);
  }

  /** The neighbour still does what it is told. */
  async hearNeighbour(): Promise<void> {
    const { output } = await this.neighbour.run('echo here');
    if (output !== 'here') throw new Error(`the neighbour says ${JSON.stringify(output)}`);
  }
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the scene is not open');
  return value;
}

/** One scene for all tests of a file. */
export function openScene(settings: Record<string, string> = {}): Scene {
  const scene = new Scene();
  beforeAll(() => scene.open(settings));
  afterAll(() => scene.house.close());
  return scene;
}

/** Skips, and leaves the reason where the sum of all tests finds it. */
export function provesNothingHere({ skip, task }: TestContext, reason: string): never {
  Object.assign(task.meta, { reason });
  skip(reason);
  throw new Error('skip ends a test');
}

/** A test for each attack and attacker. */
export function testAttacks(scene: Scene, attacks: readonly Attack[]): void {
  for (const attack of attacks) {
    for (const by of attack.by ?? everybody) {
      test(`[${attack.clause}] ${attack.title}, by ${by}`, async (context) => {
        const lack = attack.lacks?.(scene);
        if (lack !== undefined) provesNothingHere(context, `${lack}: proves nothing here`);
        const before = await attack.untouched?.(scene);
        const script = typeof attack.script === 'string' ? attack.script : attack.script(scene, by);
        const { output } = await scene.run(by, script);
        expect(output).toMatch(attack.shows instanceof RegExp ? attack.shows : attack.shows[by]);
        expect(await attack.untouched?.(scene)).toEqual(before);
      });
    }
  }
}
