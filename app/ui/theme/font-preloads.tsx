// Asks for the faces of the first screen before the style sheet does, so that text is not set twice.
// Knows no page.
import { preload } from 'react-dom';

const faces = [
  new URL(
    '@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-opsz-normal.woff2',
    import.meta.url,
  ),
  new URL('@fontsource-variable/literata/files/literata-latin-opsz-normal.woff2', import.meta.url),
  new URL(
    '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
    import.meta.url,
  ),
];

export function FontPreloads() {
  for (const face of faces) {
    preload(face.href, { as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' });
  }
  return null;
}
