// The cgroups of the lab as bars: what each uses of the memory, processes and processors it may. Knows no socket.
'use client';

import type { ObservedGroup } from '../../../server/protocol/snapshot.ts';
import type { Moment } from '../../lab-client/xray-store.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import css from './group-bars.module.css';
import type { Use } from './group-use.ts';
import { processorUse, shareOf } from './group-use.ts';
import { plain } from './plain.ts';
import table from './table.module.css';

/** Processes named as members of a group. */
const NAMED = 4;

const MIB = 1024 * 1024;

type Props = { moment: Moment; before: Moment | undefined; lit: ReadonlySet<string> };

export function GroupBars({ moment, before, lit }: Props) {
  const texts = useTexts().xray.groups;
  const groups = Object.values(moment.view.groups).filter(isCounted);
  const whole = moment.view.groups['/'];
  const hidden = moment.view.hidden.groups;
  const language = useLanguage();
  const number = (value: number): string =>
    new Intl.NumberFormat(language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
  const mebibytes = (bytes: number): string =>
    `${number(bytes / MIB)} ${language === 'fr' ? 'Mio' : 'MiB'}`;

  function drawGroup(group: ObservedGroup) {
    const { memory, processes } = group;
    const processor = processorUse(group, whole, { moment, before });
    return (
      <section key={group.path} className={css['group']} data-lit={lit.has(`group:${group.path}`)}>
        <h3 className={table['title']}>
          {group.path === '/' ? texts.whole : <code>{plain(group.path)}</code>}
          <span className={table['aside']}>{membersOf(group, moment)}</span>
        </h3>
        <dl>
          {memory !== null && (
            <Bar
              label={texts.memory}
              use={shareOf(memory.used, memory.limit, {
                most: whole?.memory?.limit,
                felt: memory.kills,
              })}
              say={mebibytes}
              felt={texts.kills}
            />
          )}
          {processes !== null && (
            <Bar
              label={texts.processes}
              use={shareOf(processes.used, processes.limit, {
                most: whole?.processes?.limit,
                felt: processes.refused,
              })}
              say={number}
              felt={texts.refused}
            />
          )}
          {processor !== undefined && (
            <Bar label={texts.processor} use={processor} say={number} felt={texts.throttled} />
          )}
        </dl>
      </section>
    );
  }

  return (
    <div className={table['box']}>
      {groups.length === 0 && <p className={table['note']}>{texts.none}</p>}
      {groups.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(drawGroup)}
      {hidden > 0 && (
        <p className={table['note']} data-testid="xray-hidden-groups">
          {texts.hidden(hidden)}
        </p>
      )}
    </div>
  );
}

/** The kernel counts nothing of a v2 group that no controller is enabled for (cgroups(7)). */
function isCounted({ memory, processes, processor }: ObservedGroup): boolean {
  return memory !== null || processes !== null || processor !== null;
}

/** Those in the group itself, not in one below. */
function membersOf({ path }: ObservedGroup, { view }: Moment): string {
  const members = Object.values(view.processes).filter(({ group }) => group === path);
  const named = members.slice(0, NAMED).map(({ name, pid }) => `${plain(name)} (${pid})`);
  return members.length > NAMED ? `${named.join(', ')}, …` : named.join(', ');
}

type BarProps = {
  label: string;
  use: Use;
  say: (value: number) => string;
  felt: (count: number) => string;
};

function Bar({ label, use, say, felt }: BarProps) {
  const texts = useTexts().xray.groups;
  const { used, limit, share } = use;
  return (
    <div className={css['bar']} data-testid="xray-bar">
      <dt>{label}</dt>
      <dd>
        <span className={css['track']} aria-hidden="true">
          <i style={{ width: `${share * 100}%` }} data-high={share > 0.85} />
        </span>
        <span>{limit === null ? texts.noLimit(say(used)) : texts.of(say(used), say(limit))}</span>
        {use.felt > 0 && <strong>{felt(use.felt)}</strong>}
      </dd>
    </div>
  );
}
