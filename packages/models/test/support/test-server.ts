/** A real HTTP server on this machine, whose misbehaviour each test writes itself. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer {
  /** Address of `/model.onnx`. */
  readonly url: string;
  /** `Range` header of each request so far, empty where there was none. */
  readonly ranges: string[];
  close(): Promise<void>;
}

export async function startServer(handler: Handler): Promise<TestServer> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? '');
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/model.onnx`,
    ranges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Byte number at which the request wants to begin. */
function rangeStart(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

/** Sends what the request asks for, as a well-behaved server does. */
export function sendBytes(bytes: Uint8Array): Handler {
  return (request, response) => sendHead(request, response, bytes).end(bytes.subarray(rangeStart(request)));
}

/** Sends the first `count` bytes of what the request asks for, then drops the connection. */
export function sendAndCut(bytes: Uint8Array, count: number): Handler {
  return (request, response) => {
    const start = rangeStart(request);
    sendHead(request, response, bytes).write(bytes.subarray(start, start + count), () => setTimeout(() => response.destroy(), 20));
  };
}

function sendHead(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): ServerResponse {
  const start = rangeStart(request);
  if (start === 0) return response.writeHead(200, { 'content-length': bytes.length });
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  return response.writeHead(206, { 'content-range': range, 'content-length': bytes.length - start });
}

/** One handler after another; the last one stays. */
export function inTurn(...handlers: Handler[]): Handler {
  let turn = 0;
  return (request, response) => handlers[Math.min(turn++, handlers.length - 1)]?.(request, response);
}
