/** The process of `measureNodeStart`. */

import type { NodeImageInput } from '@isoface/runtime-node';
import type { NodeStart, NodeStartRequest } from './node-start.ts';
import type { ChildAnswer } from './run-child.ts';

const startedMs = performance.now();

async function start(): Promise<NodeStart> {
  const { pack, executionProvider, modelsDir, images } = JSON.parse(process.argv[2] ?? '') as NodeStartRequest;
  // What a program pays for importing the library is part of its start.
  const { openEngine } = await import('@isoface/runtime-node');
  const engine = await openEngine({ pack, executionProviders: executionProvider, modelsDir });
  const readyMs = performance.now() - startedMs;
  const { drawSelfTestFace, isFaceError } = await import('@isoface/core');
  const inputs: readonly NodeImageInput[] = [...images, drawSelfTestFace()];
  for (const input of inputs) {
    try {
      await engine.analyze(input);
      break;
    } catch (error) {
      // That a picture is bad is told when it is analyzed itself.
      if (!isFaceError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED')) throw error;
    }
  }
  const firstResultMs = performance.now() - startedMs;
  // A process that ends with a live session on the GPU crashes.
  await engine.dispose();
  return { readyMs, firstResultMs };
}

let answer: ChildAnswer<NodeStart>;
try {
  answer = { value: await start() };
} catch (error) {
  const { encodeError } = await import('@isoface/core');
  answer = { error: encodeError(error) };
}
process.send?.(answer, () => process.disconnect());
