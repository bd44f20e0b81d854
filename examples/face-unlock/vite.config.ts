/** How the app is built and served. It takes isoface as a published package is taken: built, by its `browser` entry. */

import { defineConfig } from 'vite';
import { contentSecurityPolicy } from '../web-playground/build-plugins/content-security-policy.ts';
import { localModels } from '../web-playground/build-plugins/local-models.ts';
import { ISOLATION_HEADERS, SECURITY_HEADERS } from '../web-playground/build-plugins/security-headers.ts';
import { serviceWorker } from '../web-playground/build-plugins/service-worker.ts';
import { appIcons } from './build-plugins/app-icons.ts';

export default defineConfig({
  // Relative, so that the built folder works below any path.
  base: './',
  // A path that is not there is answered with 404, not with the page.
  appType: 'mpa',
  plugins: [appIcons(), localModels(), contentSecurityPolicy(), serviceWorker({ cachePrefix: 'isoface-face-unlock-' })],
  build: {
    target: 'esnext',
    // The content security policy allows no data: address for code or models.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['isoface', '@isoface/runtime-web'] },
  // Vite's development client needs inline styles, so the policy is for the built pages only.
  server: { host: '127.0.0.1', headers: ISOLATION_HEADERS },
  preview: { host: '127.0.0.1', headers: { ...ISOLATION_HEADERS, ...SECURITY_HEADERS, 'cache-control': 'no-cache' } },
});
