/** Makes the page installable: draws its icon as PNG in the sizes that systems ask for, and writes the manifest that names them. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Plugin } from 'vite';

const source = fileURLToPath(new URL('../src/icon.svg', import.meta.url));
/** The colour behind the icon, which fills the square of a maskable one. */
const BACKGROUND = '#176069';
const MANIFEST = 'manifest.webmanifest';
const APPLE_ICON = 'icons/apple-180.png';

const ICONS = [
  { fileName: 'icons/icon-192.png', size: 192, purpose: 'any' },
  { fileName: 'icons/icon-512.png', size: 512, purpose: 'any' },
  { fileName: 'icons/maskable-512.png', size: 512, purpose: 'maskable' },
] as const;

/** Adds icons and manifest to the build. */
export function appIcons(): Plugin {
  return {
    name: 'app-icons',
    apply: 'build',
    transformIndexHtml: {
      // After Vite has looked at the page: these files do not exist among the sources.
      order: 'post',
      handler: () => [
        { tag: 'link', attrs: { rel: 'manifest', href: `./${MANIFEST}` }, injectTo: 'head' },
        { tag: 'link', attrs: { rel: 'apple-touch-icon', href: `./${APPLE_ICON}` }, injectTo: 'head' },
      ],
    },
    async generateBundle() {
      const svg = await readFile(source);
      const drawn = [...ICONS, { fileName: APPLE_ICON, size: 180, purpose: 'maskable' } as const];
      for (const { fileName, size, purpose } of drawn) {
        this.emitFile({ type: 'asset', fileName, source: await drawIcon(svg, size, purpose === 'maskable') });
      }
      this.emitFile({ type: 'asset', fileName: 'icons/icon.svg', source: svg });
      this.emitFile({ type: 'asset', fileName: MANIFEST, source: JSON.stringify(describeApp(), null, 2) });
    },
  };
}

/** A maskable icon has no round corners of its own: systems cut their own shape out of it. */
async function drawIcon(svg: Uint8Array, size: number, isMaskable: boolean): Promise<Uint8Array> {
  // Dots per inch at which the drawing, 64 units wide, comes out in the wanted size or larger.
  const drawn = sharp(svg, { density: Math.ceil((72 * size) / 64) }).resize(size, size);
  return (isMaskable ? drawn.flatten({ background: BACKGROUND }) : drawn).png().toBuffer();
}

function describeApp(): object {
  return {
    name: 'Face unlock',
    short_name: 'Face unlock',
    description: 'Unlock with your face, in this browser alone.',
    id: './',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#f6f7f8',
    theme_color: BACKGROUND,
    icons: [
      { src: 'icons/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      ...ICONS.map(({ fileName, size, purpose }) => ({ src: fileName, sizes: `${size}x${size}`, type: 'image/png', purpose })),
    ],
  };
}
