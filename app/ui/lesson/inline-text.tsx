// Draws a one-line text of a course. Knows no lab.
import { parseInline } from './inline.ts';

type Props = { text: string; parameters?: Record<string, string> };

export function InlineText({ text, parameters }: Props) {
  return parseInline(text, parameters).map((part, index) => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'code':
        // The parts of one text never change their order.
        return <code key={index}>{part.text}</code>;
      case 'strong':
        return <strong key={index}>{part.text}</strong>;
      case 'value':
        return (
          <strong key={index} className="seen-value">
            {part.text}
          </strong>
        );
    }
  });
}
