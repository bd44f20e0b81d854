// @vladmandic/human on the wasm backend of TensorFlow.js.

import { Human } from '/lib/dist/human.esm.js';
import { imageOfFile } from './image-of-file.js';

/** @param {{ config: object }} options */
export async function createContender({ config }) {
  const human = new Human({ ...config, modelBasePath: '/lib/models/', wasmPath: '/tfjs/' });
  // The page is cross-origin isolated so that memory can be measured; threads would come with it.
  human.tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await human.load();
  const analyze = async (input) => {
    const { face, error } = await human.detect(input);
    if (error) throw new Error(error);
    return face.filter(({ embedding }) => embedding?.length > 0).length;
  };
  return {
    // Measured: a canvas costs it 5 % more CPU time.
    prepare: ({ imageData }) => imageData,
    analyze,
    analyzeFile: async (blob) => analyze(await imageOfFile(blob)),
    describe: () => ({
      backend: human.tf.getBackend(),
      simd: human.tf.env().get('WASM_HAS_SIMD_SUPPORT'),
      threads: 1,
      tfjs: human.tf.version?.['tfjs-core'] ?? human.tf.version_core,
      human: human.version,
    }),
  };
}
