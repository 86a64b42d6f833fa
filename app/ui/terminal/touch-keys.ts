// The keys that a touch keyboard lacks, as what a terminal is sent for them. Knows no button.

export const touchKeys = [
  'escape',
  'tab',
  'ctrl',
  'left',
  'down',
  'up',
  'right',
  'pipe',
  'slash',
  'hyphen',
  'tilde',
] as const;
export type TouchKey = (typeof touchKeys)[number];

const plain: Record<Exclude<TouchKey, 'ctrl' | keyof typeof arrows>, string> = {
  escape: '\u001b',
  tab: '\t',
  pipe: '|',
  slash: '/',
  hyphen: '-',
  tilde: '~',
};

/** Final bytes of the cursor keys (ctlseqs, "PC-Style Function Keys"). */
const arrows = { up: 'A', down: 'B', right: 'C', left: 'D' } as const;

const isArrow = (key: TouchKey): key is keyof typeof arrows => key in arrows;

export type KeyModes = {
  ctrl: boolean;
  /** The program has asked for application cursor keys (DECCKM). */
  application: boolean;
};

export function sequenceOf(
  key: Exclude<TouchKey, 'ctrl'>,
  { ctrl, application }: KeyModes,
): string {
  if (!isArrow(key)) return ctrl ? withCtrl(plain[key]) : plain[key];
  if (ctrl) return `\u001b[1;5${arrows[key]}`;
  return `\u001b${application ? 'O' : '['}${arrows[key]}`;
}

/** What Ctrl makes of the next key: C0 controls for letters and @ [ \ ] ^ _, else the key itself. */
export function withCtrl(text: string): string {
  const code = text.toUpperCase().charCodeAt(0);
  const isControllable = text.length === 1 && code >= 0x40 && code <= 0x5f;
  return isControllable ? String.fromCharCode(code & 0x1f) : text;
}
