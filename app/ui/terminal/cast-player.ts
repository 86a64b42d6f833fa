// asciinema's player in an element. Loaded on its own, when somebody plays something. Knows no recording.
import 'asciinema-player/dist/bundle/asciinema-player.css';
import { create } from 'asciinema-player';
import type { CastMarker } from './cast-markers.ts';

export type CastPlayer = {
  /** To the marker of that index. */
  goTo(marker: number): void;
  dispose(): void;
};

export function playCast(element: HTMLElement, cast: string, markers: CastMarker[]): CastPlayer {
  const player = create({ data: cast }, element, {
    autoPlay: true,
    fit: 'both',
    // A learner who reads for a minute is not watched doing so.
    idleTimeLimit: 2,
    theme: 'coulisse',
    terminalFontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    markers: markers.map(({ at, text }): [number, string] => [at, text]),
  });
  return {
    goTo: (marker) => void player.seek({ marker }),
    dispose: () => player.dispose(),
  };
}
