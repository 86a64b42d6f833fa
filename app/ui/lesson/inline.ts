// One-line texts of a course: `code`, **strong** and {parameter}. Values seen in a lab are data: they become
// text of their own and are never read as marks. Draws nothing.

export type Part = {
  /** value: seen in the lab. */
  kind: 'text' | 'code' | 'strong' | 'value';
  text: string;
  /** Where it begins in the text that it was read from. */
  at: number;
};

const marks = /`([^`]+)`|\*\*([^*]+)\*\*|\{([a-z0-9]+(?:-[a-z0-9]+)*)\}/g;

/** A parameter without a value shows as …: it was seen by an older version of the sentence. */
export function parseInline(text: string, parameters: Record<string, string> = {}): Part[] {
  const parts: Part[] = [];
  let at = 0;
  const add = (kind: Part['kind'], part: string): number => parts.push({ kind, text: part, at });
  for (const found of text.matchAll(marks)) {
    if (found.index > at) add('text', text.slice(at, found.index));
    at = found.index;
    const [whole, code, strong, name] = found;
    if (code !== undefined) add('code', fillIn(code, parameters));
    else if (strong !== undefined) add('strong', fillIn(strong, parameters));
    else if (name !== undefined) add('value', parameters[name] ?? '…');
    at += whole.length;
  }
  if (at < text.length) add('text', text.slice(at));
  return parts;
}

function fillIn(text: string, parameters: Record<string, string>): string {
  return text.replace(/\{([a-z0-9-]+)\}/g, (whole, name: string) => parameters[name] ?? whole);
}

export function plainText(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join('');
}
