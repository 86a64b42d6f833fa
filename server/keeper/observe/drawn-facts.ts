// The facts of a lab that are only drawn, and how often they are looked for: what took long is used again for
// longer, so that no lab can make keeper do little else. Knows no fact.
import type { Snapshot } from '../../protocol/snapshot.ts';
import type { LabScene } from './lab-scene.ts';
import { readNamespaceFacts, type Asked } from './read-namespaces.ts';
import { readOverlays } from './read-overlays.ts';

/** How much longer than it took to find them facts are used again: a hundredth of a processor goes into them. */
const REUSE = 100;

type Facts = Pick<Snapshot, 'overlays' | 'moreOverlays' | 'namespaces' | 'moreNamespaces'>;
export const noFacts: Facts = { overlays: [], moreOverlays: 0, namespaces: [], moreNamespaces: 0 };

type Memory = {
  /** What they were read with: while nothing has run since, there is nothing new. */
  sight: LabScene['sight'];
  facts: Facts;
  asked: Asked;
  /** performance.now() at which to look again. */
  until: number;
};

export class DrawnFacts {
  readonly #memories = new Map<string, Memory>();

  forget(name: string): void {
    this.#memories.delete(name);
  }

  /** Whether a look would find what the last one found. */
  areFresh(name: string, sight: LabScene['sight'] | undefined): boolean {
    const before = this.#memories.get(name);
    return before !== undefined && (before.sight === sight || performance.now() < before.until);
  }

  look(name: string, scene: LabScene): Facts {
    const before = this.#memories.get(name);
    if (before !== undefined && this.areFresh(name, scene.sight)) return before.facts;
    const begun = performance.now();
    const asked: Asked = new Map();
    const { overlays, more } = readOverlays(scene);
    const facts = {
      overlays,
      moreOverlays: more,
      ...readNamespaceFacts(scene, { before: before?.asked, now: asked }),
    };
    const now = performance.now();
    this.#memories.set(name, {
      sight: scene.sight,
      facts,
      asked,
      until: now + REUSE * (now - begun),
    });
    return facts;
  }
}
