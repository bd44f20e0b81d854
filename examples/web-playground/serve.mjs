// Serves the built playground on this machine, with the headers and models that it needs.
//
//   node examples/web-playground/serve.mjs [PORT]     prints the address; Ctrl-C ends it

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

const folder = dirname(fileURLToPath(import.meta.url));

/** Serves on this port, or on the next one that is free. Returns the address and what ends the server. */
export async function servePlayground(port = 4173) {
  const server = await preview({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'error',
    preview: { port, strictPort: false },
  });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url, close } = await servePlayground(process.argv[2] === undefined ? undefined : Number(process.argv[2]));
  console.log(url);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close());
}
