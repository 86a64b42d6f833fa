// asciinema's player in an element. Loaded on its own, when somebody plays something. Knows no recording.
import 'asciinema-player/dist/bundle/asciinema-player.css';
import { create } from 'asciinema-player';

/** At so many seconds. */
export type CastMarker = { at: number; text: string };

export type CastPlayer = {
  /** Seconds of what is played; Infinity at the end, after which something may have been seen. */
  now(): number;
  /** To the marker of that index. */
  goTo(marker: number): void;
  dispose(): void;
};

export function playCast(element: HTMLElement, cast: string, markers: CastMarker[]): CastPlayer {
  const player = create({ data: cast }, element, {
    autoPlay: true,
    fit: 'both',
    theme: 'coulisse',
    terminalFontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    markers: markers.map(({ at, text }): [number, string] => [at, text]),
  });
  return {
    now: () => {
      const now = player.getCurrentTime();
      return now < (player.getDuration() ?? Infinity) ? now : Infinity;
    },
    goTo: (marker) => void player.seek({ marker }),
    dispose: () => player.dispose(),
  };
}
