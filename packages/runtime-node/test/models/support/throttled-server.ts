/** A real HTTP server that serves one file slowly, with ranges. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ThrottledServer {
  readonly url: string;
  /** First byte asked for by each request so far. */
  readonly starts: number[];
  /** Calls back at each request. */
  onAsked: (() => void) | undefined;
  /** Calls back each time a response has been handed over completely. */
  onServed: (() => void) | undefined;
  close(): Promise<void>;
}

export async function startThrottledServer(bytes: Uint8Array, chunkBytes: number, pauseMs: number): Promise<ThrottledServer> {
  const server = createServer(async (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    served.starts.push(start);
    served.onAsked?.();
    const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(start === 0 ? 200 : 206, { 'content-length': bytes.length - start, ...(start === 0 ? {} : range) });
    for (let sent = start; sent < bytes.length && !response.destroyed; sent += chunkBytes) {
      response.write(bytes.subarray(sent, sent + chunkBytes));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    response.end(() => served.onServed?.());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const served: ThrottledServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`,
    starts: [],
    onAsked: undefined,
    onServed: undefined,
    async close(): Promise<void> {
      server.close();
      server.closeAllConnections();
    },
  };
  return served;
}
