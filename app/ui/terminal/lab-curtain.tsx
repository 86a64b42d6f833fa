// What stands before the terminals while there is no lab: the closed curtain with Start, the queue, or the
// reason why the lab ended. It opens when the lab is there. Knows no emulator.
'use client';

import { useIsAwake, useLab, useRecalled } from '../../lab-client/hooks.ts';
import type { Connection, LabState } from '../../lab-client/lab-state.ts';
import { Folds } from '../shell/folds.tsx';
import css from './lab-curtain.module.css';
import { EndedScene, LostScene, QueueScene, StartScene } from './scenes.tsx';

type Scene = 'open' | 'closed' | 'start' | 'queue' | 'ended' | 'lost';

function sceneOf(state: LabState): Scene {
  switch (state.connection.phase) {
    case 'live':
      return 'open';
    case 'idle':
      return 'start';
    case 'queued':
      return 'queue';
    case 'stopped':
      return 'ended';
    case 'connecting':
      return state.slots[1].state === 'empty' ? 'closed' : 'open';
    case 'waiting':
      if (state.slots[1].state !== 'empty') return 'open';
      return state.connection.attempt > 1 ? 'lost' : 'closed';
  }
}

export function LabCurtain() {
  const connection = useLab((state) => state.connection);
  const scene = useLab(sceneOf);
  // Whether this browser has a lab is known only in the browser: until then the curtain says nothing.
  const isAwake = useIsAwake();
  const isNew = useRecalled('started') !== 'yes';

  return (
    <div className={css['curtain']} data-scene={scene} data-curtain="">
      <Folds />
      <div className={css['scene']}>{sceneFor(scene, connection, isAwake && isNew)}</div>
    </div>
  );
}

function sceneFor(scene: Scene, connection: Connection, offer: boolean) {
  switch (scene) {
    case 'start':
      return <StartScene offer={offer} />;
    case 'queue':
      return connection.phase === 'queued' ? <QueueScene queue={connection} /> : null;
    case 'ended':
      return connection.phase === 'stopped' ? <EndedScene why={connection.why} /> : null;
    case 'lost':
      return connection.phase === 'waiting' ? <LostScene retryAt={connection.retryAt} /> : null;
    case 'open':
    case 'closed':
      return null;
  }
}
