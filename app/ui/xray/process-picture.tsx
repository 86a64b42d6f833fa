// The lab's processes twice: on the left as the lab numbers them, on the right as the containers that they are
// in number them, and a line between the two. Knows no socket.
'use client';

import type { CSSProperties } from 'react';
import { useMemo } from 'react';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { KeptList } from './kept-list.tsx';
import { NamespaceChip } from './namespace-chip.tsx';
import { hueStyle } from './namespace-colour.ts';
import type { Line, Placed, Region } from './picture-layout.ts';
import { layOut } from './picture-layout.ts';
import { plain } from './plain.ts';
import { ProcessButton } from './process-button.tsx';
import css from './process-picture.module.css';
import { ownKinds } from './process-tree.ts';

type Props = {
  moment: Moment;
  lit: ReadonlySet<string>;
  selected: string | undefined;
  onSelect: (key: string) => void;
};

/** Pixels a generation is moved in; deep trees stop there, so that names stay legible. */
const INDENT = 11;
const DEEPEST = 7;

const placeStyle = (y: number, depth = 0): CSSProperties => ({
  transform: `translateY(${y}px)`,
  paddingLeft: Math.min(depth, DEEPEST) * INDENT,
});

export function ProcessPicture({ moment, lit, selected, onSelect }: Props) {
  const { view, instances } = moment;
  const texts = useTexts().xray;
  const picture = useMemo(() => layOut(view), [view]);
  const regionStyle = (id: string | undefined): CSSProperties | undefined =>
    id === undefined ? undefined : regionHue(id, moment);

  function drawRow(row: Placed, region: Region | undefined) {
    if (!('process' in row)) {
      return (
        <li key={row.key} className={css['row']} style={placeStyle(row.y, row.depth)}>
          <span className={css['more']}>{texts.more(row.more, plain(row.name))}</span>
        </li>
      );
    }
    const { process } = row;
    const pid = region === undefined ? process.pid : (process.pids.at(-1) ?? process.pid);
    const name = plain(process.name);
    return (
      <li
        key={row.key}
        className={css['row']}
        style={{ ...placeStyle(row.y, row.depth), ...regionStyle(row.region) }}
        data-region={row.region !== undefined}
      >
        <ProcessButton
          process={process}
          pid={pid}
          label={
            region === undefined
              ? texts.outsideProcess(name, process.pid)
              : texts.insideProcess(name, pid, process.pid)
          }
          lit={lit.has(row.key)}
          selected={selected === row.key}
          onSelect={() => onSelect(row.key)}
        >
          {region !== undefined &&
            ownKinds(process, view)
              .filter((kind) => !region.kinds.includes(kind))
              .map((kind) => (
                <NamespaceChip
                  key={kind}
                  kind={kind}
                  id={process.namespaces?.[kind] ?? ''}
                  instances={instances}
                />
              ))}
        </ProcessButton>
      </li>
    );
  }

  return (
    <div className={css['picture']}>
      <div className={css['heads']} aria-hidden="true">
        <span>{texts.hostView}</span>
        <span>{texts.containerView}</span>
      </div>
      <div className={css['stage']} style={{ height: picture.height }}>
        <ul className={css['side']} aria-label={texts.hostView}>
          {picture.rows.map((row) => drawRow(row, undefined))}
        </ul>
        <svg
          className={css['lines']}
          viewBox={`0 0 60 ${Math.max(1, picture.height)}`}
          preserveAspectRatio="none"
          height={picture.height}
          aria-hidden="true"
        >
          {picture.lines.map((line) => (
            <path
              key={line.key}
              d={curve(line)}
              style={regionStyle(line.region)}
              data-selected={line.key === selected}
              data-lit={lit.has(line.key)}
            />
          ))}
        </svg>
        <section className={css['side']} aria-label={texts.containerView}>
          {picture.regions.length === 0 && <p className={css['empty']}>{texts.noContainer}</p>}
          {picture.regions.map((region) => (
            <section
              key={region.id}
              className={css['region']}
              style={{
                ...regionHue(region.id, moment),
                ...placeStyle(region.y),
                height: region.height,
              }}
              data-testid="xray-region"
            >
              <RegionHead region={region} moment={moment} lit={lit} />
              <ul>{region.rows.map((row) => drawRow(row, region))}</ul>
            </section>
          ))}
        </section>
      </div>
      <KeptList moment={moment} lit={lit} />
      {view.hidden.processes > 0 && (
        <p className={css['hidden']}>{texts.hidden(view.hidden.processes)}</p>
      )}
    </div>
  );
}

function RegionHead({
  region,
  moment,
  lit,
}: {
  region: Region;
  moment: Moment;
  lit: ReadonlySet<string>;
}) {
  const texts = useTexts().xray;
  const first = region.rows.find((row) => 'process' in row);
  const namespaces = first !== undefined && 'process' in first ? first.process.namespaces : null;
  const title = region.kinds.includes('pid') ? texts.pidRegion : texts.otherRegion;
  return (
    <h3 className={css['head']}>
      <span className="visually-hidden">{title}</span>
      {region.kinds.map((kind) => {
        const id = namespaces?.[kind] ?? '';
        return (
          <NamespaceChip
            key={kind}
            kind={kind}
            id={id}
            instances={moment.instances}
            lit={lit.has(`${kind}:${id}`)}
          />
        );
      })}
      {region.root !== undefined && (
        <span className={css['root']} title={texts.root(plain(region.root))}>
          {texts.root(endOf(plain(region.root)))}
        </span>
      )}
    </h3>
  );
}

/** A PID namespace has its own hue; a container without one, that of the first kind it has, or of mounts. */
function regionHue(id: string, { instances }: Moment): CSSProperties {
  const [, pid] = /^pid:(\d+)$/.exec(id) ?? [];
  if (pid !== undefined) return hueStyle('pid', instances.pid[pid] ?? 1);
  const [, mnt] = /mnt:(\d+)/.exec(id) ?? [];
  return hueStyle('mnt', mnt === undefined ? 1 : (instances.mnt[mnt] ?? 1));
}

/** The end of a path tells more than its beginning. */
function endOf(path: string): string {
  return path.length > 16 ? `…/${path.slice(path.lastIndexOf('/') + 1)}` : path;
}

function curve({ from, to }: Line): string {
  return `M0 ${from} C 32 ${from}, 28 ${to}, 60 ${to}`;
}
