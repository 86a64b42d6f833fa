// Finds the layers of an overlay in the options that the kernel shows of it (overlayfs, kernel docs). Pure.

export type Layers = { lowers: string[]; upper: string | null; work: string | null };

/** `options`: the file system's own, the last field of a line of /proc/PID/mountinfo, as they stand there. */
export function parseLayers(options: string): Layers {
  const lowers: string[] = [];
  let upper: string | null = null;
  let work: string | null = null;
  for (const option of options.split(',')) {
    const equals = option.indexOf('=');
    const value = unescapeOctal(option.slice(equals + 1));
    switch (option.slice(0, equals)) {
      case 'lowerdir':
        lowers.push(...splitLayers(value));
        break;
      case 'lowerdir+':
      case 'datadir+':
        lowers.push(unescapeColons(value));
        break;
      case 'upperdir':
        upper = unescapeColons(value);
        break;
      case 'workdir':
        work = unescapeColons(value);
        break;
      default:
    }
  }
  return { lowers, upper, work };
}

/** Colons divide layers, two of them before layers of data; a colon of a name is written behind a backslash. */
function splitLayers(value: string): string[] {
  const parts = value.match(/(?:\\.|[^:\\])+/gs) ?? [];
  return parts.map(unescapeColons);
}

const unescapeColons = (text: string): string => text.replaceAll(/\\(.)/gs, '$1');

/** What would end an option or a field is written in octal. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  );
}
