// Text of a learner made fit to be shown in a line: what would change the direction of writing, break the
// line or show nothing at all becomes a sign that can be seen. Knows no place where it is shown.

/** Control and format characters, and separators of lines (Unicode categories Cc, Cf, Zl, Zp). */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
