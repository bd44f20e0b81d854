/** Writes the content security policy into the built page, for servers that send no headers of their own. */

import type { Plugin } from 'vite';
import { CONTENT_SECURITY_POLICY } from './security-headers.ts';

export function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY }, injectTo: 'head-prepend' },
    ],
  };
}
