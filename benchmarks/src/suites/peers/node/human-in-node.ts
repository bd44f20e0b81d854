/** `@vladmandic/human` in Node, by its build for the wasm back end. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NodeContenderStart } from './child-call.ts';
import type { ContenderInNode } from './contender-in-node.ts';
import { describeTensorFlow, type PeerTensor, type TensorFlow, toTensor } from './tensorflow.ts';

interface Human {
  readonly version: string;
  readonly tf: TensorFlow;
  load(): Promise<void>;
  detect(
    input: PeerTensor,
  ): Promise<{ readonly error: string | null; readonly face: readonly { readonly embedding?: readonly number[] }[] }>;
}

/** Loads the library and its models. */
export async function openHuman({
  config,
  folder,
  wasm,
}: Extract<NodeContenderStart, { kind: 'human' }>): Promise<ContenderInNode<PeerTensor>> {
  fetchFiles();
  const library = createRequire(import.meta.url)(join(folder, 'dist/human.node-wasm.js')) as {
    readonly Human: new (config: Readonly<Record<string, unknown>>) => Human;
  };
  const modelBasePath = `${pathToFileURL(join(folder, 'models')).href}/`;
  const human = new library.Human({ ...config, modelBasePath, wasmPath: `${wasm}${sep}` });
  await human.load();
  const { tf } = human;
  return {
    prepare: (image) => toTensor(tf, image, [1]),
    async analyze(input) {
      const { face, error } = await human.detect(input);
      if (error !== null) throw new Error(error);
      return face.filter(({ embedding }) => embedding !== undefined && embedding.length > 0).length;
    },
    release: (input) => input.dispose(),
    describe: () => ({ ...describeTensorFlow(tf), human: human.version }),
  };
}

/** It reads models with `fetch`, and Node's fetch reads no files. */
function fetchFiles(): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    return url.startsWith('file:') ? new Response(await readFile(new URL(url))) : fetch(input, init);
  };
}
