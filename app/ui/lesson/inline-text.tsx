// Draws a one-line text of a course. Knows no lab.
import { parseInline } from './inline.ts';

type Props = { text: string; parameters?: Record<string, string> };

export function InlineText({ text, parameters }: Props) {
  return parseInline(text, parameters).map((part) => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'code':
        return <code key={part.at}>{part.text}</code>;
      case 'strong':
        return <strong key={part.at}>{part.text}</strong>;
      case 'value':
        return (
          <strong key={part.at} className="seen-value">
            {part.text}
          </strong>
        );
    }
  });
}
