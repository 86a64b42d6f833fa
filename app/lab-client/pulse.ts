// Notices that a connection is dead though nobody has said so: a laptop that slept, another Wi-Fi. Whoever is
// silent for long is asked; no answer is an end. Knows no socket.

/** link pings every 25 s without the page seeing it, so silence alone says nothing. */
const QUIET_MS = 15_000;
const LOOK_EVERY_MS = 5_000;
/** The slowest mobile network answers sooner. */
const ANSWER_WITHIN_MS = 8_000;

export type PulseOptions = {
  ask: () => void;
  /** Called once at most. */
  dead: () => void;
  /** Tells when the page may have been away or the network another; returns how to stop that. */
  onWake: (listener: () => void) => () => void;
};

export function startPulse({ ask, dead, onWake }: PulseOptions) {
  let heardAt = performance.now();
  let patience: ReturnType<typeof setTimeout> | undefined;

  function askNow(): void {
    if (patience !== undefined) return;
    patience = setTimeout(() => {
      stop();
      dead();
    }, ANSWER_WITHIN_MS);
    ask();
  }

  const look = setInterval(() => {
    if (performance.now() - heardAt >= QUIET_MS) askNow();
  }, LOOK_EVERY_MS);
  const unwake = onWake(askNow);

  function stop(): void {
    clearInterval(look);
    clearTimeout(patience);
    unwake();
  }

  return {
    heard(): void {
      heardAt = performance.now();
      clearTimeout(patience);
      patience = undefined;
    },
    stop,
  };
}
