// Serves the built app on this machine, with the headers and models that it needs, and the built playground at /playground/.
//
//   node examples/face-unlock/serve.mjs [PORT]     prints the address; Ctrl-C ends it

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { servePlayground } from '../web-playground/serve.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const PLAYGROUND = '/playground/';

/** Serves on this port, or on the next one that is free. Returns the address and what ends the server. */
export async function serveApp(port = 4173) {
  // The playground has a server of its own, on any free port; its answers are passed on with their headers.
  const playground = await servePlayground(0);
  try {
    const server = await preview({
      root: folder,
      configFile: join(folder, 'vite.config.ts'),
      logLevel: 'error',
      plugins: [redirectToFolder()],
      preview: {
        port,
        strictPort: false,
        proxy: { [PLAYGROUND]: { target: playground.url, rewrite: (path) => path.slice(PLAYGROUND.length - 1) } },
      },
    });
    return {
      url: server.resolvedUrls.local[0],
      close: async () => {
        await server.close();
        await playground.close();
      },
    };
  } catch (error) {
    await playground.close();
    throw error;
  }
}

/** Its addresses are relative to the folder, so the slash at the end is needed. */
function redirectToFolder() {
  return {
    name: 'redirect-to-folder',
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url !== PLAYGROUND.slice(0, -1)) return next();
        response.writeHead(308, { location: PLAYGROUND }).end();
      });
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url, close } = await serveApp(process.argv[2] === undefined ? undefined : Number(process.argv[2]));
  console.log(url);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close());
}
