// What the emulator is given beyond its core: fast drawing, real character widths, links, the clipboard
// by permission. Knows no stream.
import { ClipboardAddon } from '@xterm/addon-clipboard';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';

/** Only the web, and without a way back to this page: what a program prints is not ours. */
export function openLink(_event: MouseEvent, uri: string): void {
  if (!/^https?:\/\//i.test(uri)) return;
  window.open(uri, '_blank', 'noopener,noreferrer');
}

/** `offerCopy` is given what a program wants on the clipboard (OSC 52); it may refuse. */
export function loadAddons(terminal: Terminal, offerCopy: (text: string) => void): void {
  terminal.loadAddon(new UnicodeGraphemesAddon());
  terminal.loadAddon(new WebLinksAddon(openLink));
  terminal.loadAddon(
    new ClipboardAddon(undefined, {
      // Reading would hand the learner's clipboard to any program of the lab.
      readText: () => '',
      writeText: (_selection, text) => offerCopy(text),
    }),
  );
}

/** False where WebGL is missing or drawn by the processor: elements are faster then. */
function hasGraphicsProcessor(): boolean {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return false;
  // Chromium does not count its own software renderer as a caveat.
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown =
    names === null ? '' : context.getParameter(names.UNMASKED_RENDERER_WEBGL);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(String(renderer));
}

/** After `open`. Without WebGL, or once its context is lost, the emulator draws by elements. */
export function drawFast(terminal: Terminal): void {
  if (!hasGraphicsProcessor()) return;
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch {
    // No WebGL here.
  }
}
