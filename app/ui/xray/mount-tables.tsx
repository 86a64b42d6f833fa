// What is mounted where, one table for each mount namespace; of one that began as a copy of the lab's, only
// what differs; and the layers of overlays. Knows no socket.
'use client';

import type { XrayMount, XrayView } from '../../../server/protocol/xray.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { NamespaceChip } from './namespace-chip.tsx';
import { OverlayLayers } from './overlay-layers.tsx';
import { plain } from './plain.ts';
import css from './table.module.css';

/** Processes named as those who see a mount namespace. */
const NAMED = 4;

export function MountTables({ moment, lit }: { moment: Moment; lit: ReadonlySet<string> }) {
  const { view } = moment;
  const lab = view.lab.namespaces.mnt;
  const byNamespace = Map.groupBy(Object.values(view.mounts), ({ namespace }) => namespace);
  const isOnLab = new Set((byNamespace.get(lab) ?? []).map(kinship));
  const others = [...byNamespace].filter(([id]) => id !== lab);
  const blocks = [...others, [lab, byNamespace.get(lab) ?? []] as const];
  return (
    <div className={css['box']}>
      <HiddenNote view={view} />
      {blocks.map(([id, mounts]) => {
        const own = id === lab ? mounts : mounts.filter((mount) => !isOnLab.has(kinship(mount)));
        return (
          <section key={id} className={css['block']}>
            <MountTitle id={id} moment={moment} />
            {own.map((mount) => (
              <Layers key={mount.id} mount={mount} view={view} lit={lit} />
            ))}
            {own.length > 0 && <MountTable mounts={own} lit={lit} />}
            <SharedNote count={mounts.length - own.length} />
          </section>
        );
      })}
    </div>
  );
}

/** Two mounts are of one kin when the same directory of the same file system is at the same place. */
function kinship({ target, type, source, root }: XrayMount): string {
  return [target, type, source, root].join('\n');
}

function SharedNote({ count }: { count: number }) {
  const texts = useTexts().xray.mounts;
  return count > 0 && <p className={css['note']}>{texts.asLab(count)}</p>;
}

/** What is beyond the bounds of a look. */
function HiddenNote({ view: { hidden } }: { view: XrayView }) {
  const texts = useTexts().xray;
  const notes = [
    hidden.mounts > 0 && texts.mounts.hidden(hidden.mounts),
    hidden.overlays > 0 && texts.layers.others(hidden.overlays),
  ].filter((note) => note !== false);
  if (notes.length === 0) return null;
  return (
    <p className={css['note']} data-testid="xray-hidden-mounts">
      {notes.join(' ')}
    </p>
  );
}

type LayersProps = { mount: XrayMount; view: XrayView; lit: ReadonlySet<string> };

/** Nothing for a mount that is of no overlay of the learner. */
function Layers({ mount, view, lit }: LayersProps) {
  const overlay = Object.values(view.overlays).find(({ mounts }) =>
    mounts.some(({ namespace, id }) => namespace === mount.namespace && id === mount.id),
  );
  if (overlay === undefined) return null;
  return (
    <OverlayLayers overlay={overlay} target={mount.target} lit={lit.has(`mount:${mount.id}`)} />
  );
}

function MountTitle({ id, moment }: { id: string; moment: Moment }) {
  const { view, instances } = moment;
  const texts = useTexts().xray.mounts;
  if (id === view.lab.namespaces.mnt) return <h3 className={css['title']}>{texts.lab}</h3>;
  return (
    <h3 className={css['title']}>
      <NamespaceChip kind="mnt" id={id} instances={instances} />
      <span className={css['aside']}>{texts.members(membersOf(id, view))}</span>
    </h3>
  );
}

function membersOf(id: string, view: XrayView): string {
  const members = Object.values(view.processes).filter((one) => one.namespaces?.mnt === id);
  const named = members.slice(0, NAMED).map(({ name, pid }) => `${plain(name)} (${pid})`);
  return members.length > NAMED ? `${named.join(', ')}, …` : named.join(', ');
}

/** With the number of the group that it shares with, and of the one that it takes from. */
function sayPropagation({ propagation, peerGroup, master }: XrayMount): string {
  const numbers = [peerGroup !== null && peerGroup, master !== null && `← ${master}`];
  return [propagation, ...numbers.filter((one) => one !== false)].join(' ');
}

function MountTable({ mounts, lit }: { mounts: readonly XrayMount[]; lit: ReadonlySet<string> }) {
  const texts = useTexts().xray.mounts;
  return (
    <table className={css['table']}>
      <thead>
        <tr>
          <th scope="col">{texts.target}</th>
          <th scope="col">{texts.type}</th>
          <th scope="col">{texts.options}</th>
          <th scope="col">{texts.propagation}</th>
          <th scope="col">{texts.source}</th>
        </tr>
      </thead>
      <tbody>
        {mounts.map((mount) => (
          <tr key={mount.id} data-lit={lit.has(`mount:${mount.id}`)}>
            <th scope="row" className={css['wide']} title={plain(mount.target)}>
              {plain(mount.target)}
            </th>
            <td>{plain(mount.type)}</td>
            <td className={css['wide']} title={plain(mount.options.join(','))}>
              {plain(mount.options.join(','))}
            </td>
            <td>{sayPropagation(mount)}</td>
            <td className={css['wide']} title={plain(mount.source)}>
              {plain(mount.source)}
              {mount.root !== '/' && ` (${texts.part(plain(mount.root))})`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
