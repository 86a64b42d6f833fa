// One overlay as the layers that it is made of, the topmost first, with what the upper one hides struck through:
// a picture that is a table. Knows no socket.
'use client';

import type { ReactNode } from 'react';
import type { ObservedOverlay, ObservedUpper } from '../../../server/protocol/snapshot-layers.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './overlay-layers.module.css';
import { plain } from './plain.ts';

/** Of each kind; the others are counted. */
const NAMED = 12;

type Props = {
  overlay: ObservedOverlay;
  /** Where it is mounted. */
  target: string;
  lit: boolean;
};

export function OverlayLayers({ overlay, target, lit }: Props) {
  const texts = useTexts().xray.layers;
  const { lowers, upper, work, holds } = overlay;
  return (
    <table className={css['stack']} data-testid="xray-layers" data-lit={lit}>
      <caption>{texts.title(plain(target))}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{texts.layer}</th>
          <th scope="col">{texts.directory}</th>
          <th scope="col">{texts.holds}</th>
        </tr>
      </thead>
      <tbody>
        <Layer what="view" name={texts.merged} directory={target}>
          {texts.mergedNote}
        </Layer>
        {upper === null ? (
          <Layer what="none" name={texts.readOnly} directory="">
            {texts.readOnlyNote}
          </Layer>
        ) : (
          <Layer what="upper" name={texts.upper} directory={upper}>
            {holds === null ? texts.unseen : <Holds holds={holds} />}
          </Layer>
        )}
        {lowers.map((lower, index) => {
          const name = texts.lower(index + 1, lowers.length);
          return <Layer key={name} what="lower" name={name} directory={lower} />;
        })}
        {work !== null && (
          <Layer what="work" name={texts.work} directory={work}>
            {texts.workNote}
          </Layer>
        )}
      </tbody>
    </table>
  );
}

type LayerProps = {
  what: 'view' | 'upper' | 'none' | 'lower' | 'work';
  name: string;
  directory: string;
  children?: ReactNode;
};

function Layer({ what, name, directory, children }: LayerProps) {
  return (
    <tr data-layer={what}>
      <th scope="row">{name}</th>
      <td className={css['directory']}>{plain(directory)}</td>
      <td className={css['holds']}>{children}</td>
    </tr>
  );
}

function Holds({ holds }: { holds: ObservedUpper }) {
  const texts = useTexts().xray.layers;
  const { whiteouts, opaques, files, isCut } = holds;
  const isEmpty = whiteouts.length + opaques.length + files.length === 0;
  return (
    <>
      {isEmpty && !isCut && texts.empty}
      <ul>
        <Paths paths={whiteouts} say={texts.whiteout}>
          {(path) => <del>{path}</del>}
        </Paths>
        <Paths paths={opaques} say={texts.opaque}>
          {(path) => <span className={css['opaque']}>{path}/</span>}
        </Paths>
        <Paths paths={files} say={texts.file}>
          {(path) => path}
        </Paths>
      </ul>
      {isCut && <p>{texts.cut}</p>}
    </>
  );
}

type PathsProps = {
  paths: readonly string[];
  say: (path: string) => string;
  children: (path: string) => ReactNode;
};

function Paths({ paths, say, children }: PathsProps) {
  const texts = useTexts().xray.layers;
  const named = paths.slice(0, NAMED).map(plain);
  return (
    <>
      {named.map((path) => (
        <li key={path} title={say(path)}>
          <span aria-hidden="true">{children(path)}</span>
          <span className="visually-hidden">{say(path)}</span>
        </li>
      ))}
      {paths.length > NAMED && <li className={css['more']}>{texts.more(paths.length - NAMED)}</li>}
    </>
  );
}
