// The picture of the front page: a curtain parts and shows one process under its two numbers, as chapter 2
// will. An illustration, not a live view. Knows no lab.
import type { Language } from '../../content/schema.ts';
import { textsOf } from '../ui/texts/texts-of.ts';
import css from './stage.module.css';

export function Stage({ language }: { language: Language }) {
  const texts = textsOf(language).front;
  return (
    <figure className={css['figure']}>
      <div className={css['stage']}>
        <div className={css['scene']}>
          <div className={css['view']}>
            <p className={css['place']}>{texts.insideLabel}</p>
            <pre>
              <b># ps -ax</b>
              {'\n  PID  COMMAND\n'}
              <mark>{'    1  /bin/sh'}</mark>
              {'\n    5  ps -ax\n'}
            </pre>
          </div>
          <div className={css['thread']} aria-hidden="true" />
          <div className={css['view']}>
            <p className={css['place']}>{texts.outsideLabel}</p>
            <pre>
              <b>$ ps -ax</b>
              {'\n  PID  COMMAND\n  418  sudo unshare -pf …\n  420  unshare -pf chroot …\n'}
              <mark>{'  421  /bin/sh'}</mark>
              {'\n  430  ps -ax'}
            </pre>
          </div>
        </div>
        <span className={css['cloth']} aria-hidden="true" />
        <span className={css['cloth']} aria-hidden="true" />
        <span className={css['valance']} aria-hidden="true" />
        <span className={css['boards']} aria-hidden="true" />
      </div>
      <figcaption>{texts.stageCaption}</figcaption>
    </figure>
  );
}
