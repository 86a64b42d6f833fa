// How terminals look and behave, the recordings there are, and which keys the page keeps for itself.
// Knows no emulator.
'use client';

import { Minus, Plus, Settings2 } from 'lucide-react';
import type { ToggleEvent } from 'react';
import { useId, useRef } from 'react';
import { toggleReader, useView } from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { RecordingList } from './recording-list.tsx';
import css from './settings-menu.module.css';
import {
  changeSettings,
  coloursOffered,
  fontSizes,
  giveCopyLeave,
  useCopyLeave,
  useTerminalSettings,
} from './terminal-settings.ts';

/** Pixels between the button and the menu, and between the menu and the window. */
const GAP = 6;

export function SettingsMenu({ className, onPlay }: SettingsMenuProps) {
  const texts = useTexts().deck;
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLElement>(null);

  /** A popover is in the top layer, beside the page: it is told where its button is. */
  function place(event: ToggleEvent): void {
    const at = button.current?.getBoundingClientRect();
    if (event.newState !== 'open' || at === undefined || menu.current === null) return;
    const { style } = menu.current;
    style.top = `${at.bottom + GAP}px`;
    style.right = `${Math.max(GAP, document.documentElement.clientWidth - at.right)}px`;
    style.maxHeight = `calc(100dvh - ${at.bottom + 2 * GAP}px)`;
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        popoverTarget={id}
        aria-label={texts.settings}
        title={texts.settings}
        data-testid="terminal-settings"
      >
        <Settings2 size={17} aria-hidden="true" />
      </button>
      <section
        ref={menu}
        id={id}
        popover="auto"
        aria-label={texts.settings}
        className={css['menu']}
        onBeforeToggle={place}
      >
        <FontSize />
        <ColourChoice />
        <Switches />
        <RecordingList
          onPlay={(terminal) => {
            menu.current?.hidePopover();
            onPlay(terminal);
          }}
        />
        <Shortcuts />
      </section>
    </>
  );
}

type SettingsMenuProps = { className: string | undefined; onPlay: (terminal: number) => void };

function FontSize() {
  const texts = useTexts().deck;
  const { fontSize } = useTerminalSettings();
  const change = (by: number): void => changeSettings({ fontSize: fontSize + by });
  const { least, most, step } = fontSizes;
  return (
    <div className={css['row']}>
      <span>{texts.fontSize}</span>
      <span className={css['stepper']}>
        <button
          type="button"
          aria-label={texts.smaller}
          title={texts.smaller}
          disabled={fontSize - step < least}
          onClick={() => change(-step)}
        >
          <Minus size={15} aria-hidden="true" />
        </button>
        <output data-testid="font-size">{Math.round(fontSize)}</output>
        <button
          type="button"
          aria-label={texts.larger}
          title={texts.larger}
          disabled={fontSize + step > most}
          onClick={() => change(step)}
        >
          <Plus size={15} aria-hidden="true" />
        </button>
      </span>
    </div>
  );
}

function ColourChoice() {
  const texts = useTexts().deck;
  const { colours } = useTerminalSettings();
  return (
    <fieldset className={css['colours']}>
      <legend>{texts.colours}</legend>
      {coloursOffered.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="terminal-colours"
            checked={colours === one}
            onChange={() => changeSettings({ colours: one })}
          />
          {texts.colour[one]}
        </label>
      ))}
    </fieldset>
  );
}

function Switches() {
  const texts = useTexts();
  const { reader } = useView();
  const { keyBar } = useTerminalSettings();
  const leave = useCopyLeave();
  const hasFingers =
    typeof window !== 'undefined' && window.matchMedia('(pointer: coarse)').matches;
  const hasBar = keyBar === 'on' || (keyBar === 'auto' && hasFingers);
  return (
    <div className={css['switches']}>
      <Switch text={texts.terminal.reader} on={reader} onChange={toggleReader} />
      <Switch
        text={texts.deck.keyBar}
        on={hasBar}
        onChange={() => changeSettings({ keyBar: hasBar ? 'off' : 'on' })}
      />
      <Switch
        text={texts.deck.programsCopy}
        on={leave === 'allowed'}
        onChange={() => giveCopyLeave(leave === 'allowed' ? 'refused' : 'allowed')}
      />
    </div>
  );
}

function Switch({ text, on, onChange }: { text: string; on: boolean; onChange: () => void }) {
  return (
    <label>
      <input type="checkbox" checked={on} onChange={onChange} />
      {text}
    </label>
  );
}

function Shortcuts() {
  const texts = useTexts().deck;
  return (
    <div className={css['shortcuts']}>
      <h3>{texts.shortcuts}</h3>
      <dl>
        {texts.shortcut.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
