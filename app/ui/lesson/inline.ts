// One-line texts of a course: `code`, **strong** and {parameter}. Values seen in a lab are data: they become
// text of their own and are never read as marks. Draws nothing.

export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong'; text: string }
  /** A value seen in the lab. */
  | { kind: 'value'; text: string };

const marks = /`([^`]+)`|\*\*([^*]+)\*\*|\{([a-z0-9]+(?:-[a-z0-9]+)*)\}/g;

/** A parameter without a value shows as …: it was seen by an older version of the sentence. */
export function parseInline(text: string, parameters: Record<string, string> = {}): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const found of text.matchAll(marks)) {
    if (found.index > at) parts.push({ kind: 'text', text: text.slice(at, found.index) });
    at = found.index + found[0].length;
    const [, code, strong, name] = found;
    if (code !== undefined) {
      parts.push({ kind: 'code', text: fillIn(code, parameters) });
    } else if (strong !== undefined) {
      parts.push({ kind: 'strong', text: fillIn(strong, parameters) });
    } else if (name !== undefined) {
      parts.push({ kind: 'value', text: parameters[name] ?? '…' });
    }
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}

function fillIn(text: string, parameters: Record<string, string>): string {
  return text.replace(/\{([a-z0-9-]+)\}/g, (whole, name: string) => parameters[name] ?? whole);
}

export function plainText(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join('');
}
