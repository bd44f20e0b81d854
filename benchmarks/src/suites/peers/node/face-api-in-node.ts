/** `@vladmandic/face-api` in Node, by its build for the wasm back end. */

import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import type { NodeContenderStart } from './child-call.ts';
import type { ContenderInNode } from './contender-in-node.ts';
import { describeTensorFlow, type PeerTensor, type TensorFlow, toTensor } from './tensorflow.ts';

interface FaceApi {
  readonly version: string;
  readonly tf: TensorFlow;
  readonly nets: Readonly<Record<string, { loadFromDisk(folder: string): Promise<void> }>>;
  readonly SsdMobilenetv1Options: new () => object;
  readonly TinyFaceDetectorOptions: new () => object;
  detectAllFaces(
    input: PeerTensor,
    options: object,
  ): { withFaceLandmarks(): { withFaceDescriptors(): Promise<readonly { readonly descriptor: Float32Array }[]> } };
}

/** Loads the library and its models. */
export async function openFaceApi({
  detector,
  folder,
  wasm,
}: Extract<NodeContenderStart, { kind: 'face-api' }>): Promise<ContenderInNode<PeerTensor>> {
  const library = createRequire(import.meta.url)(join(folder, 'dist/face-api.node-wasm.js')) as FaceApi;
  const { tf, nets } = library;
  tf.setWasmPaths(`${wasm}${sep}`);
  await tf.setBackend('wasm');
  await tf.ready();
  for (const name of [detector, 'faceLandmark68Net', 'faceRecognitionNet']) await nets[name]?.loadFromDisk(join(folder, 'model'));
  const options = detector === 'ssdMobilenetv1' ? new library.SsdMobilenetv1Options() : new library.TinyFaceDetectorOptions();
  return {
    prepare: (image) => toTensor(tf, image, []),
    async analyze(input) {
      const faces = await library.detectAllFaces(input, options).withFaceLandmarks().withFaceDescriptors();
      return faces.filter(({ descriptor }) => descriptor.length > 0).length;
    },
    release: (input) => input.dispose(),
    describe: () => ({ ...describeTensorFlow(tf), 'face-api': library.version }),
  };
}
