// How a cell or the pen looks, as the control sequences that make the next characters look so. Knows no buffer.
import type { Core, Look } from './emulator-core.ts';

/** What getFgColorMode tells (xterm.js, Attributes.CM_*). */
const colourMode = { sixteen: 1 << 24, palette: 2 << 24, direct: 3 << 24 };
const COLOUR_BITS = 0xffffff;
const MODE_BITS = 3 << 24;
/** Of the style in the bits of an extended attribute (ExtFlags.UNDERLINE_STYLE). */
const STYLE_SHIFT = 26;
const STYLE_BITS = 7;
/** A link shows as if it were dashed, also when it leads nowhere any more. */
const DASHED = 5;
/** Longer addresses are left out: a screen would be nothing else. */
const LONGEST_LINK = 2000;

export const PLAIN = '\x1b[0m';
export const NO_LINK = '\x1b]8;;\x1b\\';

type Links = Core['_oscLinkService'];

/** From nothing, but for the link. */
export function lookText(look: Look, links: Links): string {
  // Most cells of most screens. A pen may keep the colour of an underline that it does not draw yet.
  if (look.isAttributeDefault() && look.extended.underlineColor === 0) return PLAIN;
  const flags = [
    look.isBold() && '1',
    look.isDim() && '2',
    look.isItalic() && '3',
    look.isUnderline() && underline(look, links),
    look.isBlink() && '5',
    look.isInverse() && '7',
    look.isInvisible() && '8',
    look.isStrikethrough() && '9',
    look.isOverline() && '53',
    colour(look.getFgColor(), look.getFgColorMode(), 30),
    colour(look.getBgColor(), look.getBgColorMode(), 40),
    underlineColour(look.extended.underlineColor),
  ];
  const parameters = ['0', ...flags.filter((flag) => typeof flag === 'string' && flag !== '')];
  return `\x1b[${parameters.join(';')}m${look.isProtected() ? '\x1b[1"q' : ''}`;
}

/** Opens the link that characters of this look belong to, or none (OSC 8). */
export function linkText(look: Look, links: Links): string {
  const link = linkOf(look, links);
  if (link === undefined) return NO_LINK;
  return `\x1b]8;${link.id === undefined ? '' : `id=${link.id}`};${link.uri}\x1b\\`;
}

/** Whether erasing in this look leaves more than blank cells. */
export function groundOf(look: Look): string {
  return colour(look.getBgColor(), look.getBgColorMode(), 40);
}

function underline(look: Look, links: Links): string {
  if (!look.hasExtendedAttrs()) return '4';
  const isLink = look.extended.urlId !== 0;
  if (isLink && linkOf(look, links) === undefined) return `4:${DASHED}`;
  const style = (look.extended._ext >> STYLE_SHIFT) & STYLE_BITS;
  // A link alone makes it so.
  if (style === 0) return isLink ? '' : '4';
  return style === 1 ? '4' : `4:${style}`;
}

function linkOf(look: Look, links: Links): ReturnType<Links['getLinkData']> {
  if (!look.hasExtendedAttrs() || look.extended.urlId === 0) return undefined;
  const link = links.getLinkData(look.extended.urlId);
  return link !== undefined && link.uri.length <= LONGEST_LINK ? link : undefined;
}

function underlineColour(value: number): string {
  switch (value & MODE_BITS) {
    case colourMode.sixteen:
    case colourMode.palette:
      return `58;5;${value & 0xff}`;
    case colourMode.direct:
      return `58;2;${components(value & COLOUR_BITS)}`;
    default:
      return '';
  }
}

/** `first`: the parameter of the first colour. A program that asked for one of the sixteen may get it brighter. */
function colour(value: number, mode: number, first: 30 | 40): string {
  switch (mode) {
    case colourMode.sixteen:
      return String(value < 8 ? first + value : first + 60 + value - 8);
    case colourMode.palette:
      return `${first + 8};5;${value}`;
    case colourMode.direct:
      return `${first + 8};2;${components(value)}`;
    default:
      return '';
  }
}

function components(value: number): string {
  return [value >> 16, (value >> 8) & 0xff, value & 0xff].join(';');
}
