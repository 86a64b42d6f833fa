// Who has the keyboard of a lab that several people look at: a helper asks for it, the learner lends it and takes it
// back. Nothing for a learner who is alone. Knows no terminal.
'use client';

import { useLab } from '../../lab-client/hooks.ts';
import { dispatch, send } from '../../lab-client/session.ts';
import { focusTerminal } from '../shell/view-state.ts';
import { useTexts } from '../texts/use-texts.tsx';
import css from './keyboard-bar.module.css';

type Choice = { text: string; act: () => void; isQuiet?: boolean };

export function KeyboardBar() {
  const texts = useTexts().deck.keyboard;
  const connection = useLab((state) => state.connection);
  const { holder, yours, asking, asked } = useLab((state) => state.keyboard);
  if (connection.phase !== 'live') return null;
  const giveBack = (): void => send({ type: 'return-keyboard' });
  const [helper] = asking;

  if (connection.role === 'learner') {
    if (holder === 'helper') {
      const takeBack = (): void => {
        giveBack();
        focusTerminal(1);
      };
      return (
        <Bar name="lent" says={texts.lent} choices={[{ text: texts.takeBack, act: takeBack }]} />
      );
    }
    if (helper === undefined) return null;
    const lend = (): void => send({ type: 'lend-keyboard', helper });
    return (
      <Bar
        name="asked"
        says={texts.asks}
        choices={[
          { text: texts.lend, act: lend },
          { text: texts.decline, act: giveBack, isQuiet: true },
        ]}
      />
    );
  }
  if (connection.role !== 'helper') return null;
  if (yours) {
    return (
      <Bar name="yours" says={texts.yours} choices={[{ text: texts.giveBack, act: giveBack }]} />
    );
  }
  if (asked) {
    const cancel = { text: texts.cancel, act: giveBack, isQuiet: true };
    return <Bar name="waits" says={texts.waits} choices={[cancel]} />;
  }
  const ask = (): void => {
    send({ type: 'ask-keyboard' });
    dispatch({ type: 'keyboard-wanted' });
  };
  return <Bar name="watching" says={texts.watching} choices={[{ text: texts.ask, act: ask }]} />;
}

function Bar({ name, says, choices }: { name: string; says: string; choices: Choice[] }) {
  return (
    <div className={css['bar']} data-testid="keyboard" data-state={name}>
      <output>{says}</output>
      <span className={css['choices']}>
        {choices.map(({ text, act, isQuiet }) => (
          <button
            key={text}
            type="button"
            className={css[isQuiet === true ? 'quiet' : 'action']}
            onClick={act}
          >
            {text}
          </button>
        ))}
      </span>
    </div>
  );
}
