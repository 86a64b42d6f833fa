// A block of code in a lesson: to run, to copy, or to compare with what the lab prints. Knows no lab; its
// buttons do.
import type { Language } from '../../content/schema.ts';
import { textsOf } from '../ui/texts/texts-of.ts';
import css from './code-block.module.css';
import { CopyButton } from '../ui/lesson/copy-button.tsx';
import type { Fence } from './fence.ts';
import { RunButton } from '../ui/lesson/run-button.tsx';
import { ScrollBox } from '../ui/lesson/scroll-box.tsx';

export function CodeBlock({ info, code, language }: Fence & { language: Language }) {
  const texts = textsOf(language).code;
  if (info.kind === 'output') {
    return (
      <figure className={css['output']}>
        <figcaption>{texts.output}</figcaption>
        <ScrollBox>
          <pre>{code}</pre>
        </ScrollBox>
      </figure>
    );
  }
  const terminal = info.kind === 'run' ? info.terminal : undefined;
  const label = info.kind === 'unknown' ? texts.file : texts.command;
  return (
    <figure className={css['block']} data-terminal-block={terminal}>
      <figcaption>
        <span className={css['label']}>
          {terminal === undefined ? label : texts.terminal(terminal)}
        </span>
        <CopyButton code={code} />
        {terminal !== undefined && <RunButton terminal={terminal} code={code} />}
      </figcaption>
      <ScrollBox>
        <pre>
          <code>{code}</code>
        </pre>
      </ScrollBox>
    </figure>
  );
}
