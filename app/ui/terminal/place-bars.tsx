// What is said over the lower edge of a terminal: its shell has ended or could not be opened, output is missing or stopped, a
// program wants the clipboard, another page has set the size. Knows no emulator.
'use client';

import type { ReactNode } from 'react';
import { useLab } from '../../lab-client/hooks.ts';
import { mayType, ownsLab } from '../../lab-client/keyboard.ts';
import type { Slot, SlotNumber } from '../../lab-client/lab-state.ts';
import { terminalOf } from '../../lab-client/lab-state.ts';
import { dispatch, openTerminal } from '../../lab-client/session.ts';
import type { Texts } from '../texts/texts.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './place-bars.module.css';

type Props = {
  number: SlotNumber;
  slot: Slot;
  stopped: boolean;
  offered: string | undefined;
  onGoOn: () => void;
  onOffer: (leave: 'allowed' | 'refused') => void;
  onClaimSize: () => void;
  onRedraw: () => void;
};

export function PlaceBars(props: Props) {
  const { number, slot, stopped, offered, onGoOn, onOffer, onClaimSize, onRedraw } = props;
  const texts = useTexts();
  const terminal = terminalOf(slot) ?? 0;
  const elsewhere = useLab((state) => state.sizedElsewhere[terminal]);
  const types = useLab(mayType);
  const owns = useLab(ownsLab);
  const hasGap = useLab((state) => state.gaps[terminal] === true);
  const seeGap = (): void => dispatch({ type: 'gap-seen', terminal });

  return (
    <div className={css['bars']}>
      {hasGap && (
        <Bar name="gap" text={texts.deck.gap}>
          <Action
            text={texts.deck.redraw}
            onClick={() => {
              seeGap();
              onRedraw();
            }}
          />
          <Action quiet text={texts.deck.dismiss} onClick={seeGap} />
        </Bar>
      )}
      {stopped && (
        <Bar name="stopped" text={texts.deck.stopped}>
          {types && <Action text={texts.deck.goOn} onClick={onGoOn} />}
        </Bar>
      )}
      {slot.state === 'empty' && owns && (
        <Bar name="failed" text={texts.terminal.notOpened}>
          <Action text={texts.connection.tryAgain} onClick={() => openTerminal(number)} />
        </Bar>
      )}
      {slot.state === 'ended' && (
        <Bar name="ended" text={texts.terminal.ended(endingOf(slot, texts))}>
          <Action text={texts.terminal.reopen} onClick={() => openTerminal(number)} />
        </Bar>
      )}
      {offered !== undefined && (
        <Bar name="offer" urgent text={texts.terminal.clipboardAsk}>
          <Action text={texts.terminal.allow} onClick={() => onOffer('allowed')} />
          <Action quiet text={texts.terminal.refuse} onClick={() => onOffer('refused')} />
        </Bar>
      )}
      {elsewhere !== undefined && types && (
        <Bar name="elsewhere" text={texts.terminal.elsewhere(elsewhere.cols, elsewhere.rows)}>
          <Action text={texts.terminal.useMySize} onClick={onClaimSize} />
        </Bar>
      )}
    </div>
  );
}

type BarProps = { name: string; text: string; urgent?: boolean; children: ReactNode };

function Bar({ name, text, urgent = false, children }: BarProps) {
  return (
    <div className={css['bar']} role={urgent ? 'alert' : 'status'} data-testid={`place-${name}`}>
      <span>{text}</span>
      {children}
    </div>
  );
}

type ActionProps = { text: string; quiet?: boolean; onClick: () => void };

function Action({ text, quiet = false, onClick }: ActionProps) {
  return (
    <button type="button" className={css[quiet ? 'quiet' : 'action']} onClick={onClick}>
      {text}
    </button>
  );
}

function endingOf(slot: Extract<Slot, { state: 'ended' }>, texts: Texts): string {
  if (slot.signal !== null && slot.signal > 0) return texts.terminal.exitSignal(slot.signal);
  if (slot.code !== null) return texts.terminal.exitCode(slot.code);
  return texts.terminal.exitUnknown;
}
