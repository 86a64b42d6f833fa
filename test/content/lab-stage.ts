// The stage of a content test that plays in one lab: a house, a client of the lab, and who plays solutions in it.
// Registers vitest's hooks. Knows no test.
import { afterAll, beforeAll } from 'vitest';
import { openHouse, type TestHouse } from '../support/house.ts';
import type { LabClient } from '../support/lab-client.ts';
import { SolutionPlayer } from '../support/solution-player.ts';

export class LabStage {
  #house: TestHouse | undefined;
  client!: LabClient;
  player!: SolutionPlayer;

  constructor() {
    beforeAll(async () => {
      this.#house = await openHouse();
      this.client = await this.#house.connect(await this.#house.arrive());
      this.player = new SolutionPlayer(this.client);
    });
    afterAll(async () => {
      await this.client?.close();
      await this.#house?.stop();
    });
  }
}
